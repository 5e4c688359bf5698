"""A person's decision about a tool call that awaits approval."""

from typing import Any, Literal, get_args
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.lease import GRACE
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import Status
from chatapp.conversations.models.tool_call import UNDECIDED, State, ToolCall

Decision = Literal["allow", "always", "deny"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@transaction.atomic
def decide(
    reply: Message, tool_call_id: UUID, decision: Decision, attempt: int | None = None
) -> bool:
    """Store the decision; the last one queues the reply again.

    `attempt` is the one that the person's page shows: in a later attempt the call may have run with
    an unknown outcome, and an answer to the first question doesn't answer that. `always` also
    approves further calls of the tool in this conversation. False when there was nothing to decide
    any more.
    """
    present = Conversation.objects.present().select_for_update()
    conversation = present.filter(pk=reply.conversation_id).first()
    if conversation is None:
        return False
    waiting = Message.objects.filter(pk=reply.pk, status=Status.WAITING, deleted_at=None)
    if attempt is not None:
        waiting = waiting.filter(attempt=attempt)
    tool_call = ToolCall.objects.filter(pk=tool_call_id, reply__in=waiting).first()
    if tool_call is None or not ToolCall.objects.decide(tool_call, _state(decision)):
        return False
    if decision == "always":
        _allow_always(conversation, tool_call.name)
        ToolCall.objects.filter(
            reply=reply, name=tool_call.name, state=State.AWAITING_APPROVAL
        ).update(state=State.READY)
    # A page must see that this is newer than what it shows.
    values: dict[str, Any] = {"sequence": F("sequence") + 1}
    if not ToolCall.objects.filter(reply=reply, state__in=UNDECIDED).exists():
        values |= {
            "status": Status.QUEUED,
            "leased_until": timezone.now() + GRACE,
            "attempt": F("attempt") + 1,
            "first_token_at": None,
        }
        conversation.expect_reply()
    waiting.update(**values)
    reply.refresh_from_db()
    return True


def _state(decision: Decision) -> State:
    return State.DENIED if decision == "deny" else State.READY


def _allow_always(conversation: Conversation, name: str) -> None:
    if name not in conversation.allowed_tools:
        conversation.allowed_tools = [*conversation.allowed_tools, name]
        conversation.save(update_fields=["allowed_tools"])
