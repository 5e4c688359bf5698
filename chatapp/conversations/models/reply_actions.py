"""What a person can do about a reply that didn't end well: retry, resume, exclude.

Each holds the lock of the conversation, and does nothing for a page that is too old. These
functions are methods of Message.
"""

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from chatapp.conversations.models import branches
from chatapp.conversations.models.lease import GRACE
from chatapp.conversations.models.model_choice import models_for
from chatapp.conversations.models.notices import moved_on
from chatapp.conversations.models.progress import LENGTH, REFUSAL, Status
from chatapp.inference.catalog import find_model

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message

MAX_CHANGED = 40  # messages announced to open pages; older ones are loaded later


def can_retry(reply: "Message") -> bool:
    ended_badly = reply.status in (Status.FAILED, Status.STOPPED)
    can_end_better = ended_badly and reply.finish_reason != REFUSAL
    return reply.role == reply.Role.ASSISTANT and can_end_better and not reply.excluded


def can_continue(reply: "Message") -> bool:
    """Return whether it ended too early and has text, or tool calls that need not be made again."""
    is_too_short = reply.status == Status.COMPLETE and reply.finish_reason == LENGTH
    ended_early = not reply.excluded and (reply.can_retry or is_too_short)
    return ended_early and bool(reply.text or reply.shown_tool_calls)


def can_exclude(reply: "Message") -> bool:
    """Return whether it failed; whatever the reason, a message may be the cause."""
    return reply.role == reply.Role.ASSISTANT and reply.status == Status.FAILED


@transaction.atomic
def retry(reply: "Message") -> "Message | None":
    """Replace this reply by a new empty one; called twice, return the same new one.

    A version that was asked for with a model of its own keeps it; other replies are made as the
    conversation says now. None when the conversation continued after this reply: a new one would
    take everything after it off the screen.
    """
    conversation, head = branches.lock(reply)
    if head is None or head.parent is None or head.parent_id != reply.parent_id:
        return None
    if head.pk != reply.pk:
        return head
    if not head.can_retry:
        return None
    offered = models_for(conversation.owner)
    is_own = bool(head.client_id) and find_model(offered, head.model) is not None
    chosen = conversation.chosen
    if is_own:
        chosen = replace(chosen, model=head.model, thinking=head.thinking)
    new = type(reply).queued_reply(conversation, head.parent, chosen)
    new.variation = head.variation
    new.notices = moved_on(conversation.model, new.model)
    # As of any version that was asked for; nobody else knows the id.
    new.client_id = uuid.uuid4() if is_own else None
    branches.replace(head, new)
    new.save()
    conversation.expect_reply()
    if not is_own:
        head.parent.note_changes(chosen)
    return new


@transaction.atomic
def resume(reply: "Message") -> bool:
    """Queue a reply that ended too early again, to continue after its text.

    False when it isn't the head of the branch, or runs already.
    """
    conversation, head = branches.lock(reply)
    if head is None or head.pk != reply.pk or not head.can_continue:
        return False
    chosen = conversation.chosen
    values = {
        "status": Status.QUEUED,
        "error": "",
        "error_kind": "",
        "finish_reason": "",
        "stop_requested_at": None,
        "leased_by": "",
        "leased_until": timezone.now() + GRACE,
        "takeovers": 0,
        "crashes": 0,
        "first_token_at": None,
        "finished_at": None,
        "estimated_tokens": None,
        "is_plain": None,
        # From here on only text is saved; the HTML of the old end would hide it.
        "html": "",
        "html_version": 0,
        "instructions_digest": chosen.instructions_digest,
        # A page must see that this is newer than the end it shows.
        "attempt": head.attempt + 1,
    }
    if find_model(models_for(conversation.owner), head.model) is None:
        values["model"] = chosen.model
        values["notices"] = head.notices | moved_on(head.model, chosen.model)
    type(reply).objects.filter(pk=reply.pk).update(**values)
    conversation.expect_reply()
    reply.refresh_from_db()
    return True


@transaction.atomic
def exclude(reply: "Message", scope: str) -> "list[Message]":
    """Exclude messages from what the model reads, or include them again.

    `scope` is "turn" for this reply and the message that it answers, "earlier" for everything
    before both, "none" to include the two again. Return the newest of the messages that changed,
    at most MAX_CHANGED. Only a failed reply offers the first two; a reply that runs or isn't on
    the branch changes nothing.
    """
    conversation, head = branches.lock(reply)
    if head is None:
        return []
    reply.refresh_from_db()
    possible = reply.can_exclude if scope in ("turn", "earlier") else reply.excluded
    if reply.is_running or not reply.on_branch or not possible:
        return []
    wanted = scope != "none"
    branch = conversation.branch.order_by("-position").exclude(excluded=wanted)
    if scope == "earlier":
        rows = branch.filter(position__lt=reply.position - 1)
    else:
        rows = branch.filter(pk__in=[reply.pk, reply.parent_id])
    newest = list(rows[:MAX_CHANGED])
    rows.update(excluded=wanted)
    for message in newest:
        message.conversation, message.excluded = conversation, wanted
    return newest
