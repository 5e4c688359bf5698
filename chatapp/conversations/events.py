"""Every event for browsers.

Events may be lost or repeated, so each carries the current state and its position; a page that
misses one asks for the state. They go from server to browser only: every command is an HTTP
request.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import NamedTuple, Self
from uuid import UUID

from django.db import transaction
from django.template.loader import render_to_string

from chatapp.conversations.draft_state import draft_state
from chatapp.conversations.message_html import message_html
from chatapp.conversations.models import Conversation, Exchange, Message
from chatapp.conversations.reply_costs import html_with_cost
from chatapp.realtime.hub import hub
from chatapp.realtime.protocol import encode, person_group, publish
from chatapp.rendering import BlockPatch

LONG_DRAFT = 20_000  # characters; a page asks for a longer one


class ExchangeHtml(NamedTuple):
    """An exchange as the page shows it, rendered once for every reader."""

    message: str
    reply: str
    link: str

    @classmethod
    def of(cls, exchange: Exchange) -> Self:
        exchange.conversation.is_running = exchange.reply.is_running
        return cls(
            message_html(exchange.message),
            message_html(exchange.reply),
            link_html(exchange.conversation),
        )


def exchange_added(exchange: Exchange, html: ExchangeHtml, replaces: UUID | None = None) -> None:
    """Announce a person's message, the empty reply to it, and the conversation's new place.

    `replaces` is the message of which this one is a version.
    """
    person_id = exchange.conversation.owner_id
    _message_created(person_id, exchange.message, html.message, replaces)
    _message_created(person_id, exchange.reply, html.reply)
    _conversation_changed(exchange.conversation, html.link, moved=True)


def draft_ended(exchange: Exchange) -> None:
    """Announce that the draft of a message is gone. The first one was written on the empty page."""
    is_first = exchange.message.position == 0
    draft_changed(exchange.conversation.owner_id, None if is_first else exchange.conversation.pk)


def draft_changed(person_id: UUID, conversation_id: UUID | None) -> None:
    """Read a draft again and announce it, without its text if that is long."""
    state = draft_state(person_id, conversation_id)
    if len(state["text"]) > LONG_DRAFT:
        state["text"] = None
    publish(person_id, "draft.changed", **state)


def reply_replaced(old: Message, new: Message) -> None:
    """Announce a new reply in the place of one that failed or was stopped.

    It may use another model, so its message, which shows the change, is announced too.
    """
    if new.parent:
        message_changed(new.parent)
    _message_created(old.conversation.owner_id, new, message_html(new), replaces=old.pk)


def version_added(old: Message, new: Message) -> None:
    """Announce a new version of a reply, which the conversation now ends with."""
    conversation = new.conversation
    conversation.is_running = new.is_running
    _message_created(conversation.owner_id, new, message_html(new), replaces=old.pk)
    _conversation_changed(conversation, link_html(conversation), moved=True)


def branch_changed(conversation: Conversation) -> None:
    """Announce that another branch is shown; pages fetch what they don't show of it."""
    head = conversation.branch.values_list("pk", flat=True).last()
    publish(conversation.owner_id, "branch.changed", conversation=conversation.pk, head=head)


def version_deleted(message: Message) -> None:
    """Announce that a version was deleted, with the offer to undo that."""
    branch_changed(message.conversation)
    _deletion(message, html=undo_html(message))


def version_restored(message: Message) -> None:
    """Announce that a deleted version is back and shown."""
    branch_changed(message.conversation)
    _deletion(message, html="")


def undo_html(message: Message) -> str:
    return render_to_string("messages/_undo.html", {"deleted": message})


def reply_resumed(reply: Message) -> None:
    """Announce that a reply that had ended continues after its text, in a new attempt."""
    publish(
        reply.conversation.owner_id,
        "reply.resumed",
        conversation=reply.conversation_id,
        message=reply.pk,
        attempt=reply.attempt,
        running=reply.is_running,
        html=message_html(reply),
    )


def reply_patched(
    person_id: UUID,
    reply: Message,
    sequence: int,
    status: str,
    blocks: tuple[BlockPatch, ...],
    reasoning: str = "",
    slots: Mapping[str, str] | None = None,
    tool_calls: Sequence[str] = (),
) -> None:
    """Announce changed blocks: block `index` keeps the first `kept` UTF-16 code units of its HTML,
    followed by `html`.

    `reasoning` is appended to the last thought; `slots` are their new HTML by name, and
    `tool_calls` new HTML for tool calls that are in their slot already.
    """
    publish(
        person_id,
        "reply.patch",
        conversation=reply.conversation_id,
        reply=reply.pk,
        attempt=reply.attempt,
        sequence=sequence,
        status=status,
        blocks=blocks,
        **({"reasoning": reasoning} if reasoning else {}),
        **({"parts": slots} if slots else {}),
        **({"tool_calls": tool_calls} if tool_calls else {}),
    )


def reply_remote(
    person_id: UUID, conversation_id: UUID, reply_id: UUID, *, is_running: bool
) -> None:
    """Announce, to the sockets of this process, that another process makes this reply or has just
    ended it."""
    event = encode("reply.remote", conversation=conversation_id, reply=reply_id, running=is_running)
    hub.deliver(person_group(person_id), event)


def message_finished(person_id: UUID, message: Message, cost: str | None = None) -> None:
    message.known_versions = None  # there may be others since its beginning
    publish(
        person_id,
        "message.finished",
        conversation=message.conversation_id,
        message=message.pk,
        attempt=message.attempt,
        html=html_with_cost(message, cost),
    )


def message_changed(message: Message) -> None:
    """Announce a message that looks different now, for example an excluded one."""
    publish(
        message.conversation.owner_id,
        "message.changed",
        conversation=message.conversation_id,
        message=message.pk,
        html=html_with_cost(message),
    )


@transaction.atomic
def conversation_changed(conversation: Conversation) -> None:
    """Announce the stored title and settings; the conversation keeps its place in the list.

    Nothing is announced after its deletion, which waits for the lock: pages would show it again.
    """
    present = Conversation.objects.present().select_for_update()
    if stored := present.filter(pk=conversation.pk).first():
        stored.owner = conversation.owner  # which model is offered depends on the person
        _conversation_changed(stored, link_html(stored), moved=False)


def conversation_begun(conversation: Conversation) -> None:
    """Announce a conversation that began as a copy, at the top of the list."""
    conversation.is_running = False
    _conversation_changed(conversation, link_html(conversation), moved=True)


def conversation_deleted(person_id: UUID, conversation_id: UUID, undo: UUID | None = None) -> None:
    """Announce a conversation that is gone. With `undo` it is in the trash, and pages offer to
    restore everything that was deleted with the same id."""
    publish(person_id, "conversation.deleted", conversation=conversation_id, undo=undo)


def _deletion(message: Message, html: str) -> None:
    publish(
        message.conversation.owner_id,
        "version.deleted",
        conversation=message.conversation_id,
        message=message.pk,
        html=html,
    )


def link_html(conversation: Conversation) -> str:
    return render_to_string("sidebar/_conversation_link.html", {"conversation": conversation})


def _conversation_changed(conversation: Conversation, html: str, *, moved: bool) -> None:
    # A message changes only what the composer shows; the other settings may be long.
    quick = {"model": conversation.offered_model, "thinking": conversation.thinking}
    publish(
        conversation.owner_id,
        "conversation.changed",
        conversation=conversation.pk,
        title=conversation.display_title,
        settings=quick if moved else asdict(conversation.chosen),
        moved=moved,
        html=html,
    )


def _message_created(
    person_id: UUID, message: Message, html: str, replaces: UUID | None = None
) -> None:
    publish(
        person_id,
        "message.created",
        conversation=message.conversation_id,
        message=message.pk,
        parent=message.parent_id,
        position=message.position,
        replaces=replaces,
        running=message.is_running,
        html=html,
    )
