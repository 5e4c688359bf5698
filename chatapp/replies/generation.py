"""Making a reply: take it, stream it, save it as it grows, end it. It survives its readers, and the
process that makes it: another goes on."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import django.db
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.models import Message, ToolCall
from chatapp.conversations.signals import reply_ended
from chatapp.images.errors import ImageRefused
from chatapp.realtime.relay import relay
from chatapp.rendering import LiveDocument
from chatapp.replies import live, outcomes, saving, usage
from chatapp.replies.live import LiveReply
from chatapp.replies.prompt import building
from chatapp.replies.prompt.building import Prompt
from chatapp.replies.state import saved_document
from chatapp.replies.streaming import ReplyOutcome, stream
from chatapp.replies.tools import results
from chatapp.replies.tools.toolbox import Toolbox
from chatapp.server import logs

TASK = "reply:"
LONG = 2  # seconds from asking for a lease, after which it is looked at again
PATIENCE = 0.5  # seconds that an end waits for what came of calls and is not saved yet

logger = logging.getLogger(__name__)

_is_closing = False

type Take = Callable[[Message], bool]


@dataclass(frozen=True, slots=True)
class Job:
    """A reply that this process has taken, and what to ask the model."""

    reply: Message
    prompt: Prompt
    document: LiveDocument


def start(reply: Message) -> None:
    """Makes a queued reply. A process that ends leaves it to the others."""
    if not _is_closing:
        _spawn(reply, Message.begin)


def take_over(reply: Message) -> None:
    """Goes on with a reply that nobody makes any more. Not while this process has what came of its
    calls and has to save that: the database has just come back."""
    if not _is_closing and not results.is_keeping(reply.pk):
        _spawn(reply, Message.take_over)


def is_made_here(reply: Message) -> bool:
    """A task begins with the attempt before the one that it makes."""
    attempts = (reply.attempt, reply.attempt - 1)
    return any(background.find(_task_name(reply, attempt)) for attempt in attempts)


def made_here() -> set[UUID]:
    return {UUID(task.get_name().split(":")[1]) for task in background.running(TASK)}


def stop_here(reply_id: UUID) -> None:
    """Ends the stream of a reply if it runs in this process; what was published stays."""
    for stream_task in background.running(f"{live.STREAM}{reply_id}:"):
        stream_task.cancel()


def give_up() -> None:
    """Ends every stream of this process; what is there is saved, and others go on with it."""
    for reply in live.all_here():
        reply.is_abandoned = True
        stop_here(reply.reply.pk)


def close() -> None:
    """No reply is begun any more: this process ends soon."""
    global _is_closing
    _is_closing = True


async def hand_over(patience: float, seconds: float) -> None:
    """Waits up to `patience` seconds for the replies made here, then gives the rest up, which may
    take `seconds` more."""
    close()
    if tasks := background.running(TASK):
        await asyncio.wait(tasks, timeout=patience)
    give_up()
    if tasks := background.running(TASK):
        await asyncio.wait(tasks, timeout=seconds)
        relay.tell("sweep")


async def generate(reply: Message, take: Take = Message.begin) -> None:
    """Makes one attempt at a reply, from the queue to its end; no error leaves it without one."""
    logs.bind(conversation=str(reply.conversation_id), reply=str(reply.pk))
    try:
        job = await background.in_thread(_take, reply, take)
        if job is None:
            await background.in_thread(_close_if_stopped, reply)
            return
        logs.bind(attempt=reply.attempt)
        with LiveReply(job.reply, job.reply.conversation.owner_id, job.document) as running:
            ending = await _run(job, running)
            await _end(running, ending)
    except ImageRefused as refusal:
        # The store of images is away; the person can try again.
        await background.in_thread(_fail, reply, refusal.sentence)
    except django.db.Error:
        # It keeps its lease or its place in the queue: whoever sweeps next goes on.
        logger.exception("The database failed under a reply")
    except Exception:
        # Whatever it was, a person must not watch a reply that will never come.
        sentence = _("Something went wrong on our side. Try again.")
        await background.in_thread(_fail, reply, sentence)
        raise
    else:
        if not (ending.is_released or ending.status == Message.Status.WAITING):
            reply_ended.send(Message, reply=job.reply)


def _spawn(reply: Message, take: Take) -> None:
    background.spawn(_task_name(reply, reply.attempt), generate(reply, take))


def _take(reply: Message, take: Take) -> Job | None:
    """Takes a reply for this process; None when there is nothing left to do."""
    crashes, asked = reply.crashes, time.monotonic()
    if not take(reply):
        return None
    reply.known_tool_calls = _recovered(reply) if reply.attempt > 1 else []
    prompt = building.reply_prompt(reply)
    if reply.crashes > crashes:
        usage.count_lost_call(reply, prompt.request)
    job = Job(reply, prompt, saved_document(reply))
    if time.monotonic() - asked > LONG and not reply.renew():
        return None  # the database held us up, and others were faster
    return job


def _recovered(reply: Message) -> list[ToolCall]:
    """The calls of earlier attempts, of which none runs any more."""
    ToolCall.objects.recover(reply, Toolbox.of(reply).repeatable)
    return list(reply.tool_calls.with_images())


def _fail(reply: Message, sentence: str) -> None:
    outcomes.close(reply, Message.Status.FAILED, sentence, made_by="this attempt")


def _close_if_stopped(reply: Message) -> None:
    reply.refresh_from_db(fields=["stop_requested_at", "status"])
    if reply.stop_requested_at and reply.status == Message.Status.QUEUED:
        outcomes.close(reply, Message.Status.STOPPED)


async def _run(job: Job, running: LiveReply) -> ReplyOutcome:
    """Streams, and is saved meanwhile; every way to end comes back as an ReplyOutcome."""
    ending = ReplyOutcome()
    streaming = background.spawn(running.stream_name, stream(job.prompt, running, ending))
    saving.start()
    try:
        await asyncio.wait({streaming})
    finally:
        streaming.cancel()
        running.halt()
    if running.is_abandoned or (_is_closing and ending.may_go_on):
        ending.is_released = True
    elif streaming.cancelled():
        ending.status = Message.Status.STOPPED
    elif streaming.exception():
        ending.fail(_("Something went wrong on our side. Try again."))
    if ending.status != Message.Status.STOPPED:
        # Stop keeps what the person has seen. In every other case nothing that arrived is lost.
        running.keep_backlog()
    return ending


async def _end(running: LiveReply, ending: ReplyOutcome) -> None:
    """Whoever goes on with a reply must find what came of its calls; a person who pressed Stop
    need not wait for that."""
    late = await results.until_saved(running.reply, None if ending.is_released else PATIENCE)
    await outcomes.save(running, ending)
    if late:
        background.spawn(f"late:{running.reply.pk}", results.show_late(running.reply, late))


def _task_name(reply: Message, attempt: int) -> str:
    """Each attempt has a task of its own: the one before may still be cleaning up."""
    return f"{TASK}{reply.pk}:{attempt}"
