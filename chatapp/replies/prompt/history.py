"""The messages of a conversation that go into the next request.

The estimates in the rows decide which messages fit; nothing else of the others is read.
"""

import logging
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import django.db
from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from chatapp.conversations.models import Attachment, Message, ToolCall, branches
from chatapp.conversations.models.branches import Place
from chatapp.conversations.models.saving import Estimate, save_estimates
from chatapp.inference.context_window import estimate_messages
from chatapp.replies.prompt.turns import PastMessage, reply_turns

FIRST_FETCH = 500  # estimates; each further query reads twice as many
MAX_SAVED = 2_000  # estimates of old rows that one request stores
MAX_SWITCHES = 5  # of branches while the messages are read, after which the reply must be gone
# The beginning of a request moves by about this part of what fits.
PARTS = 8

logger = logging.getLogger(__name__)


# Of all documents of a message. Most messages are plain, and then nothing is looked up.
DOCUMENT_TOKENS = Case(
    When(is_plain=True, then=0),
    default=Coalesce(
        Subquery(
            Attachment.objects.order_by()
            .filter(message=OuterRef("pk"))
            .values("message")
            .annotate(total=Sum("document_tokens"))
            .values("total")
        ),
        0,
    ),
    output_field=IntegerField(),
)


class Size(NamedTuple):
    """The estimated tokens of a message and of its documents; those of the message are None in a
    row of an older release."""

    position: int
    tokens: int | None
    document_tokens: int = 0


class History(NamedTuple):
    """The messages that fit, oldest first, and the number of turns before them."""

    messages: list[PastMessage]
    turns_excluded: int = 0

    @property
    def user_texts(self) -> tuple[str, ...]:
        return tuple(m.text for m in self.messages if m.role == Message.Role.USER)

    @property
    def attachments(self) -> list[Attachment]:
        """Return the images and links that the service hasn't rejected."""
        return [
            one
            for m in self.messages
            for one in m.attachments
            if not (one.refusal or one.document_id)
        ]

    @property
    def documents(self) -> list[Attachment]:
        """Return the documents, also those whose scanned pages the service has rejected."""
        return [one for m in self.messages for one in m.attachments if one.document_id]


def newest_messages(reply: Message, room: int) -> History:
    """Return the newest messages before a reply, at most `room` tokens and at least one message.

    They lead to the reply, also while another branch is shown. Reads the database: call it in a
    thread. Raises Message.DoesNotExist for a reply that was removed.
    """
    if written := _just_written(reply):
        return History([written])
    hidden = [] if reply.on_branch else branches.hidden(reply)
    for _try in range(MAX_SWITCHES):
        if history := _newest(reply, hidden, room):
            return history
        hidden = branches.hidden(reply)
    raise Message.DoesNotExist


def _newest(reply: Message, hidden: list[Place], room: int) -> History | None:
    """Return None if somebody switched branches in between."""
    rows = branches.up_to(reply, hidden).filter(excluded=False)
    earlier = rows.filter(position__lt=reply.position)
    first, is_whole = _first_that_fits(earlier, room)
    if first is None:
        return History([])
    begin = first if is_whole else _stable_begin(first, reply.position - 1)
    messages = _read(rows.filter(position__gte=begin), reply, hidden)
    if messages is None:
        return None
    if is_whole:
        return History(messages)
    before = earlier.filter(position__lt=begin, role=Message.Role.USER)
    return History(messages, before.count())


def _first_that_fits(earlier: QuerySet[Message], room: int) -> tuple[int | None, bool]:
    """Return the position of the oldest message that fits, and whether no message is older."""
    first, tokens = None, 0
    for size in _sizes(earlier):
        tokens += (size.tokens or 0) + size.document_tokens
        if tokens > room and first is not None:
            return first, False
        first = size.position
    return first, True


def _just_written(reply: Message) -> PastMessage | None:
    """Return the only message before a reply if this process has just written both, and nothing
    else has to be read; else None."""
    first = reply.parent if reply.position == 1 and Message.parent.is_cached(reply) else None
    attachments = getattr(first, "_prefetched_objects_cache", {}).get("attachments")
    if first is None or attachments is None or attachments:
        return None
    return PastMessage(first.position, first.role, first.text, first.estimated_tokens)


def _stable_begin(first: int, last: int) -> int:
    """Return the position from which messages are sent: `first` or a little after it.

    The service caches requests by their common beginning. It stays the same for many exchanges
    and then moves by a large step, instead of by one turn in each request.
    """
    step = 1 << max(1, ((last - first) // PARTS).bit_length() - 1)
    return min(first + -first % step, last)


def _sizes(earlier: QuerySet[Message]) -> Iterator[Size]:
    """Yield sizes, newest first, in a few queries: a transaction pooler keeps no cursor."""
    columns = ("position", "estimated_tokens", DOCUMENT_TOKENS)
    rest = earlier.order_by("-position").values_list(*columns)
    count = FIRST_FETCH
    batch = [Size(*row) for row in rest[:count]]
    while batch:
        yield from _with_estimates(earlier, batch)
        if len(batch) < count:
            return
        count *= 2
        batch = [Size(*row) for row in rest.filter(position__lt=batch[-1].position)[:count]]


def _with_estimates(earlier: QuerySet[Message], sizes: list[Size]) -> list[Size]:
    """Return sizes, newest first, none of them unknown."""
    if all(size.tokens is not None for size in sizes):
        return sizes
    unknown = earlier.filter(
        estimated_tokens=None, position__range=(sizes[-1].position, sizes[0].position)
    )
    attachments, calls = _attachments(unknown), _tool_calls(unknown)
    estimates = []
    for pk, position, text in unknown.order_by("-position").values_list("pk", "position", "text"):
        tokens = estimate_messages(reply_turns(text, calls.get(position, ())))
        is_plain = position not in attachments and position not in calls
        estimates.append(Estimate(pk, position, tokens, is_plain))
    try:
        save_estimates(estimates[:MAX_SAVED])
    except django.db.Error as error:  # without permission to write, for example
        logger.warning("Estimates weren't saved: %s", type(error).__name__)
    known = {estimate.position: estimate.tokens for estimate in estimates}
    return [size._replace(tokens=known.get(size.position, size.tokens)) for size in sizes]


def _read(
    messages: QuerySet[Message], reply: Message, hidden: list[Place]
) -> list[PastMessage] | None:
    """Return the messages before a reply, which is the last of them; None if they don't belong to
    one branch.

    One statement reads one branch, so the reply is among its rows if it is on that branch.
    """
    columns = ("position", "role", "text", "estimated_tokens", "is_plain")
    rows = list(messages.order_by("position").values_list(*columns, "pk"))
    if not rows or rows.pop()[-1] != reply.pk:
        return None
    others = [position for position, *_, is_plain, _pk in rows if not is_plain]
    attachments: dict[int, list[Attachment]] = {}
    calls: dict[int, list[ToolCall]] = {}
    if others:
        found = messages.filter(position__range=(others[0], others[-1])).exclude(is_plain=True)
        attachments, calls = _attachments(found), _tool_calls(found)
    # Further statements may have read another branch.
    if (others or hidden) and branches.hidden(reply) != hidden:
        return None
    return [
        PastMessage(
            position, role, text, tokens, attachments.get(position, ()), calls.get(position, ())
        )
        for position, role, text, tokens, *_ in rows
    ]


def _attachments(messages: QuerySet[Message]) -> dict[int, list[Attachment]]:
    """Return attachments by the position of their message."""
    rows = Attachment.objects.filter(message__in=messages.order_by()).select_related(
        "image", "document"
    )
    found: defaultdict[int, list[Attachment]] = defaultdict(list)
    for attachment in rows.annotate(at=F("message__position")):
        found[attachment.at].append(attachment)
    return found


def _tool_calls(messages: QuerySet[Message]) -> dict[int, list[ToolCall]]:
    """Return tool calls by the position of their reply."""
    rows = ToolCall.objects.filter(reply__in=messages.order_by()).order_by("round", "index")
    found: defaultdict[int, list[ToolCall]] = defaultdict(list)
    for tool_call in rows.annotate(at=F("reply__position")):
        found[tool_call.at].append(tool_call)
    return found
