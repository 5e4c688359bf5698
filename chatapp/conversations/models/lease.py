"""The lease of a reply: one process makes it at a time. These functions are methods of Message."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from chatapp import leases
from chatapp.conversations.models.progress import (
    FinalState,
    Progress,
    Status,
    TokenUsage,
    values_of,
)
from chatapp.conversations.signals import replies_stored
from chatapp.rendering import VERSION as RENDERING_VERSION

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.message_queries import MessageQuerySet

# A new reply waits this long for the process that queued it.
GRACE = timedelta(seconds=3)

type CloseCondition = Literal[
    "is running", "is this attempt", "is lost", "has a stop request", "awaits approval"
]


def begin(reply: "Message") -> bool:
    """Take a queued reply for its first attempt.

    False when it is no longer queued, or was asked to stop before it began.
    """
    queued = _row(reply).filter(status=Status.QUEUED, stop_requested_at=None)
    return _take(reply, queued, {"started_at": timezone.now()})


def begin_unsaved(reply: "Message") -> None:
    """Take a new reply for its first attempt before it is inserted: nobody else knows of it yet."""
    values: dict[str, Any] = {"leased_until": leases.until(), "started_at": timezone.now()}
    reply.assign(values | leases.taken(reply) | {"status": Status.STREAMING})
    reply.known_tool_calls = []


def take_over(reply: "Message") -> bool:
    """Take a reply whose lease ended, for an attempt that resumes after what was saved.

    False when its holder is alive after all, or another process was faster.
    """
    values: dict[str, Any] = {"started_at": reply.started_at or timezone.now()}
    if reply.status == Status.STREAMING:
        values["takeovers"] = reply.takeovers + 1
    if reply.leased_by:
        values["crashes"] = reply.crashes + 1
    if not (reply.text or reply.tool_calls.exists()):
        # With no text and no tool call to resume from, the model starts and thinks again.
        values |= {"reasoning": "", "thought_seconds": None, "thoughts": None}
    return _take(reply, _row(reply).lost(), values)


def renew(reply: "Message") -> bool:
    """Make the lease of this attempt last its full time again; False when it was overtaken."""
    return bool(_of_this_attempt(reply).update(leased_until=leases.until()))


def release(reply: "Message", progress: Progress, token_usage: TokenUsage) -> bool:
    """End this attempt unfinished, so that any process may resume the reply at once."""
    return bool(_of_this_attempt(reply).update(**_released(reply, progress, token_usage)))


def await_approval(reply: "Message", progress: Progress, token_usage: TokenUsage) -> bool:
    """End this attempt until the person has decided about a tool call; nobody takes it over.

    False when it was overtaken or is to stop.
    """
    values = _released(reply, progress, token_usage) | {"status": Status.WAITING}
    wanted = _of_this_attempt(reply).filter(stop_requested_at=None)
    if is_waiting := bool(wanted.update(**values)):
        reply.assign(values)
    return is_waiting


@transaction.atomic(savepoint=False)
def finish(reply: "Message", final: FinalState) -> bool:
    """End this attempt; False when it had been ended or taken over before."""
    values = values_of(final.progress) | values_of(final.token_usage) | values_of(final)
    del values["progress"], values["token_usage"]
    values |= {
        "html_version": RENDERING_VERSION,
        "finished_at": timezone.now(),
        "first_token_at": reply.first_token_at,
        "leased_until": None,
    }
    has_ended = bool(_of_this_attempt(reply).update(**values))
    reply.assign(values)
    if has_ended:
        replies_stored.send(type(reply), replies=[reply])
    return has_ended


def request_stop(reply: "Message") -> bool:
    """Ask the process that makes this reply to stop; False when it doesn't run."""
    return bool(_row(reply).running().update(stop_requested_at=timezone.now()))


@transaction.atomic(savepoint=False)
def close(
    reply: "Message", status: str, error: str = "", *, only_if: CloseCondition = "is running"
) -> bool:
    """End a reply as it was saved.

    Return False, and change nothing, unless the condition `only_if` is true of its row.
    """
    rows = {
        "is running": _row(reply).running(),
        "is this attempt": _of_this_attempt(reply),
        "is lost": _row(reply).lost(),
        "has a stop request": _row(reply).running().exclude(stop_requested_at=None),
        "awaits approval": _row(reply).filter(status=Status.WAITING),
    }
    values = {"status": status, "error": error, "finished_at": timezone.now()}
    # A page must see that this is newer than an answer that shows the reply as waiting.
    newer = F("sequence") + 1
    has_ended = bool(rows[only_if].update(**values, leased_until=None, sequence=newer))
    reply.assign(values)
    if has_ended:
        reply.refresh_from_db(fields=["text"])
        replies_stored.send(type(reply), replies=[reply])
    return has_ended


def _released(reply: "Message", progress: Progress, token_usage: TokenUsage) -> dict[str, Any]:
    values = values_of(progress) | values_of(token_usage)
    return values | leases.released() | {"first_token_at": reply.first_token_at}


def _take(reply: "Message", row: "MessageQuerySet", values: dict[str, Any]) -> bool:
    return leases.take(reply, row, values | {"status": Status.STREAMING})


def _row(reply: "Message") -> "MessageQuerySet":
    rows: MessageQuerySet = type(reply).objects.filter(pk=reply.pk)
    return rows


def _of_this_attempt(reply: "Message") -> "MessageQuerySet":
    return _row(reply).running().filter(attempt=reply.attempt)
