"""Take a reply for this process, and prepare what it takes to make it.

Taking and preparing read the database: call them in a thread.
"""

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass

from django.db.models import Q

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Message, ToolCall
from chatapp.rendering import LiveDocument
from chatapp.replies import model_calls, outcomes, usage
from chatapp.replies.prompt import building, image_delivery
from chatapp.replies.prompt.building import Prompt
from chatapp.replies.state import saved_document
from chatapp.replies.tools.toolbox import Toolbox

MAX_QUICK_POSITION = 40  # of a reply
SLOW_TAKE_SECONDS = 2  # seconds; a lease that took longer to get is checked again

type Take = Callable[[Message], bool]
type Prepare = Callable[[], Awaitable[Job | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A reply that this process has taken, with its prompt."""

    reply: Message
    prompt: Prompt
    document: LiveDocument


def take(reply: Message, take: Take) -> Job | None:
    """Take a reply for this process; return None when there is nothing left to do.

    That includes a reply to somebody who was deactivated after they asked for it.
    """
    if not Person.objects.filter(pk=reply.conversation.owner_id, is_active=True).exists():
        outcomes.close(reply, Message.Status.STOPPED)
        return None
    crashes, asked_at = reply.crashes, time.monotonic()
    if not take(reply):
        return None
    reply.known_tool_calls = _recovered(reply) if reply.attempt > 1 else []
    has_crashed = reply.crashes > crashes
    is_counted = has_crashed and model_calls.settle_lost(reply)
    prompt = building.reply_prompt(reply)
    if has_crashed and not is_counted:
        usage.count_lost_request(reply, prompt.request)
    return _job(reply, prompt, asked_at)


def prepare(reply: Message, asked_at: float) -> Prepare:
    """Prepare a reply that was taken as it was added; `asked_at` is the time before that, by the
    monotonic clock.

    What is returned returns the job, or raises the error: only whoever makes a reply can end it.
    It prepares the reply itself, in a thread, if that may take longer than a sender should wait.
    """
    job: Future[Job | None] = Future()
    try:
        if not _is_quick(reply):
            return lambda: background.in_thread(_prepare, reply, asked_at)
        job.set_result(_prepare(reply, asked_at))
    except Exception as error:
        job.set_exception(error)

    async def prepared() -> Job | None:
        return job.result()

    return prepared


def _is_quick(reply: Message) -> bool:
    """Return whether preparing reads few messages, and neither images nor documents.

    A project may have them.
    """
    if reply.position > MAX_QUICK_POSITION or reply.conversation.project_id:
        return False
    is_slow = Q() if image_delivery.deliveries(reply.model)[0] == "inline" else ~Q(document=None)
    if reply.position == 1 and reply.parent and not reply.parent.attachments.all():
        return True
    shown = Attachment.objects.filter(is_slow, message__conversation=reply.conversation_id)
    return not shown.exists()


def _prepare(reply: Message, asked_at: float) -> Job | None:
    return _job(reply, building.reply_prompt(reply), asked_at)


def _job(reply: Message, prompt: Prompt, asked_at: float) -> Job | None:
    """Return the job; None when the database was slow, and another process was faster.

    A reply with tool calls gets another prompt once these have run. Raises CapReached.
    """
    document = saved_document(reply)
    if time.monotonic() - asked_at > SLOW_TAKE_SECONDS and not reply.renew():
        return None
    if not reply.shown_tool_calls:
        prompt = model_calls.begin(prompt, len(reply.text), len(reply.reasoning))
    return Job(reply, prompt, document)


def _recovered(reply: Message) -> list[ToolCall]:
    """Return the calls of earlier attempts, none of which runs any more."""
    ToolCall.objects.recover(reply, Toolbox.of(reply).repeatable)
    return list(reply.tool_calls.with_images())
