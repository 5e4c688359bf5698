"""Making a reply: take it, stream it, save it while it grows, end it.

A reply survives its readers and the process that makes it: another process resumes it.
"""

import asyncio
import logging
from uuid import UUID

import django.db
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.images.errors import ImageRefused
from chatapp.realtime.relay import relay
from chatapp.replies import live, outcomes, saving, taking
from chatapp.replies.accounting import CapReached
from chatapp.replies.live import LiveReply
from chatapp.replies.outcomes import ReplyOutcome
from chatapp.replies.streaming import stream
from chatapp.replies.taking import Job, Prepare, Take
from chatapp.replies.tools import results
from chatapp.replies.usage import ModelRequest
from chatapp.server import logs
from chatapp.server.database_errors import DATABASE_AWAY, DatabaseFull

TASK = "reply:"
RESULT_WAIT_SECONDS = 0.5  # seconds that the end waits for tool results that aren't stored yet

MAX_TAKEOVERS = 10  # of a reply during which the database fails again and again

logger = logging.getLogger(__name__)

_is_closing = False


def may_start() -> bool:
    """Return whether this process begins replies; it doesn't when it is about to end."""
    return not _is_closing


def start(reply: Message, prepare: Prepare | None = None) -> None:
    """Make a new reply, unless this process is about to end.

    A reply that this process took as it was added comes with what prepares it.
    """
    if prepare is None:
        if not _is_closing:
            _spawn(reply, Message.begin)
    elif _is_closing:
        release = background.in_thread(outcomes.release_unmade, reply)
        background.spawn(f"release:{reply.pk}", release)
    else:
        background.spawn(_task_name(reply, reply.attempt - 1), _make(reply, prepare))


def take_over(reply: Message) -> None:
    """Take over a reply whose process died or released it.

    Not while this process still has results of its tool calls to store.
    """
    if not _is_closing and not results.is_storing(reply.pk):
        _spawn(reply, Message.take_over)


def is_made_here(reply: Message) -> bool:
    """Return whether this process makes the reply.

    A task is named after the attempt before its own, because taking the reply begins the next one.
    """
    attempts = (reply.attempt, reply.attempt - 1)
    return any(background.find(_task_name(reply, attempt)) for attempt in attempts)


def made_here() -> set[UUID]:
    return {UUID(task.get_name().split(":")[1]) for task in background.running(TASK)}


def stop_here(reply_id: UUID) -> None:
    """End the stream of a reply if this process makes it; what was published stays."""
    for stream_task in background.running(f"{live.STREAM}{reply_id}:"):
        stream_task.cancel()


def release_all() -> None:
    """End every stream of this process, so that others resume the replies from what is saved."""
    for reply in live.all_here():
        reply.is_released = True
        stop_here(reply.reply.pk)


def close() -> None:
    """Begin no more replies: this process ends soon."""
    global _is_closing
    _is_closing = True


async def hand_over(wait_seconds: float, release_seconds: float) -> None:
    """Wait up to `wait_seconds` for the replies made here, then release the rest, which may take
    `release_seconds` more."""
    close()
    if tasks := background.running(TASK):
        await asyncio.wait(tasks, timeout=wait_seconds)
    release_all()
    if tasks := background.running(TASK):
        await asyncio.wait(tasks, timeout=release_seconds)
        relay.send_command("sweep")


async def generate(reply: Message, take: Take = Message.begin) -> None:
    """Make one attempt at a reply, from the queue to its end; every error ends it visibly."""
    await _make(reply, lambda: background.in_thread(taking.take, reply, take))


async def _make(reply: Message, prepare: Prepare) -> None:
    logs.bind(conversation=str(reply.conversation_id), reply=str(reply.pk))
    try:
        job = await prepare()
        if job is None:
            await background.in_thread(_close_if_stopped, reply)
            return
        logs.bind(attempt=reply.attempt)
        with LiveReply(job.reply, job.reply.conversation.owner_id, job.document) as running:
            outcome = await _run(job, running)
            await _end(running, outcome)
    except ImageRefused as refusal:
        # The image store is unavailable; the person can try again.
        await background.in_thread(_fail, reply, refusal.sentence)
    except CapReached as reached:
        await background.in_thread(_fail, reply, reached.sentence)
    except DatabaseFull:
        # As below; it is no surprise any more, and happens with every sweep.
        logger.warning("A reply waits until the database takes something new")
    except django.db.Error:
        # The reply keeps its lease or its place in the queue, and the next sweep resumes it.
        logger.exception("The database failed under a reply")
    except Exception:
        # End the reply on any error, or its page would wait forever.
        sentence = _("Something went wrong on this site. Try again.")
        await background.in_thread(_fail, reply, sentence)
        raise


def _spawn(reply: Message, take: Take) -> None:
    background.spawn(_task_name(reply, reply.attempt), generate(reply, take))


def _fail(reply: Message, sentence: str) -> None:
    outcomes.close(reply, Message.Status.FAILED, sentence, only_if="is this attempt")


def _close_if_stopped(reply: Message) -> None:
    reply.refresh_from_db(fields=["stop_requested_at", "status"])
    if reply.stop_requested_at and reply.status == Message.Status.QUEUED:
        outcomes.close(reply, Message.Status.STOPPED)


async def _run(job: Job, running: LiveReply) -> ReplyOutcome:
    """Stream the reply while it is saved.

    Return how it ended, also when it was stopped or failed.
    """
    outcome = ReplyOutcome(requests=_begun(job))
    streaming = background.spawn(running.stream_name, stream(job.prompt, running, outcome))
    saving.start()
    try:
        await asyncio.wait({streaming})
    finally:
        streaming.cancel()
        running.halt()
    error = None if streaming.cancelled() else streaming.exception()
    if running.is_released or (_is_closing and outcome.is_temporary):
        outcome.is_released = True
    elif streaming.cancelled():
        outcome.status = Message.Status.STOPPED
    elif isinstance(error, DATABASE_AWAY) and job.reply.takeovers < MAX_TAKEOVERS:
        # What there is can be saved once the database is back; an attempt after it resumes.
        outcome.is_released = True
    elif error:
        outcome.fail(_("Something went wrong on this site. Try again."))
    if outcome.status != Message.Status.STOPPED:
        # Stop keeps what the person saw. In every other case nothing that arrived is lost.
        running.keep_backlog()
    return outcome


def _begun(job: Job) -> list[ModelRequest]:
    """Return the call that was begun with the reply, which costs nothing if it is never sent."""
    if job.prompt.call is None:
        return []
    reply, prompt = job.reply, job.prompt
    return [ModelRequest(prompt.request, len(reply.text), len(reply.reasoning), call=prompt.call)]


async def _end(running: LiveReply, outcome: ReplyOutcome) -> None:
    """Wait for results of tool calls, which a resuming process needs, then save the outcome.

    After Stop, wait at most RESULT_WAIT_SECONDS.
    """
    wait = None if outcome.is_released else RESULT_WAIT_SECONDS
    late = await results.until_saved(running.reply, wait)
    await outcomes.save(running, outcome)
    if late:
        background.spawn(f"late:{running.reply.pk}", results.show_late(running.reply, late))


def _task_name(reply: Message, attempt: int) -> str:
    """Return a name for the task of an attempt: the previous one may still be cleaning up."""
    return f"{TASK}{reply.pk}:{attempt}"
