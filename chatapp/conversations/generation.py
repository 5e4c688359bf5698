"""Making a reply: take it, stream it, save it as it grows, end it. It survives its readers."""

import asyncio
import logging
from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations import events, prompts, titles
from chatapp.conversations.live import LiveReply, saved_document
from chatapp.conversations.models import Message, Outcome
from chatapp.conversations.prompts import Prompt
from chatapp.conversations.streaming import Ending, stream
from chatapp.images.errors import ImageRefused
from chatapp.rendering import LiveDocument, render_document

logger = logging.getLogger(__name__)

SAVE_EVERY = 0.8  # seconds
FINISH_PAUSES = (0.5, 1, 2, 4)  # seconds between two tries to save the end


@dataclass(frozen=True, slots=True)
class Job:
    """A reply that this process has taken, and what to ask the model."""

    reply: Message
    prompt: Prompt
    document: LiveDocument


def end_abandoned() -> None:
    """At boot: what a dead process left running will not go on by itself."""
    Message.objects.fail_abandoned(_("The server was restarted while this reply was written."))


def start(reply: Message) -> None:
    background.spawn(_task_name(reply, reply.attempt), generate(reply))


async def stop(reply: Message) -> None:
    """Ends a reply at once if it runs in this process; what was published stays.

    The request to stop stands in the database, so a stream that hasn't begun yet sees it too.
    """
    await background.in_thread(reply.request_stop)
    if _is_made_here(reply):
        background.cancel(_stream_name(reply.pk))
    else:
        await background.in_thread(_close, reply, Message.Status.STOPPED, "")


async def generate(reply: Message) -> None:
    """Makes one attempt at a reply, from the queue to its end; no error leaves it without one."""
    try:
        job = await background.in_thread(_take, reply)
        if job is None:
            await background.in_thread(_close_if_stopped, reply)
            return
        with LiveReply(job.reply, job.reply.conversation.owner_id, job.document) as live:
            ending = await _run(job, live)
            await _end(live, ending)
    except ImageRefused as refusal:
        # The store of pictures is away; the person can try again.
        await background.in_thread(_close, reply, Message.Status.FAILED, refusal.sentence)
        return
    except Exception:
        # Whatever it was, a person must not watch a reply that will never come.
        await background.in_thread(_close, reply, Message.Status.FAILED, _failure())
        raise
    if ending.status == Message.Status.COMPLETE:
        titles.start(job.reply)


def _take(reply: Message) -> Job | None:
    """Takes a queued reply for this process; None when there is nothing left to do."""
    if not reply.begin():
        return None
    return Job(reply, prompts.reply_prompt(reply), saved_document(reply))


def _close_if_stopped(reply: Message) -> None:
    reply.refresh_from_db(fields=["stop_requested_at", "status"])
    if reply.stop_requested_at and reply.status == Message.Status.QUEUED:
        _close(reply, Message.Status.STOPPED, "")


def _close(reply: Message, status: str, error: str) -> None:
    if reply.close(status, error):
        reply.refresh_from_db()
        events.message_finished(reply.conversation.owner_id, reply)


async def _run(job: Job, live: LiveReply) -> Ending:
    """Streams and saves side by side; every way to end comes back as an Ending."""
    ending = Ending()
    name = _stream_name(job.reply.pk)
    streaming = background.spawn(name, stream(job.prompt, live, ending))
    saving = asyncio.create_task(_save_while_running(live, streaming))
    try:
        await asyncio.wait({streaming})
    except asyncio.CancelledError:
        # This server stops. What was shown is kept and can be tried again.
        streaming.cancel()
        await asyncio.wait({streaming})
        ending.fail(_("The server was restarted while this reply was written."))
        return ending
    finally:
        live.halt()
        saving.cancel()
        await asyncio.wait({saving})
    if streaming.cancelled():
        ending.status = Message.Status.STOPPED
    elif streaming.exception():
        ending.fail(_failure())
    return ending


async def _save_while_running(live: LiveReply, streaming: asyncio.Task[None]) -> None:
    """Saves text and position on a clock; ends a stream that was asked to stop elsewhere."""
    while True:
        await asyncio.sleep(SAVE_EVERY)
        try:
            wanted = await background.in_thread(live.reply.save_progress, live.progress)
        except DatabaseError:
            # The text is safe in memory; the next turn of the clock tries again.
            logger.exception("Reply %s could not be saved", live.reply.pk)
        else:
            if not wanted:
                streaming.cancel()


async def _end(live: LiveReply, ending: Ending) -> None:
    """Saves the end; a database that is away for a moment costs a moment, not the text."""
    outcome = await background.in_thread(_outcome, live, ending)
    for pause in FINISH_PAUSES:
        try:
            await background.in_thread(_finish, live, outcome)
        except DatabaseError:
            logger.exception("The end of reply %s could not be saved", live.reply.pk)
            await asyncio.sleep(pause)
        else:
            return
    await background.in_thread(_finish, live, outcome)


def _outcome(live: LiveReply, ending: Ending) -> Outcome:
    reply, usage = live.reply, ending.usage
    return Outcome(
        status=ending.status,
        progress=live.progress,
        html=render_document(live.text, prefix=str(reply.pk)),
        error=ending.error,
        error_kind=ending.error_kind,
        finish_reason=ending.finish_reason,
        prompt_tokens=_sum(reply.prompt_tokens, usage.prompt_tokens if usage else None),
        completion_tokens=_sum(reply.completion_tokens, usage.completion_tokens if usage else None),
    )


def _finish(live: LiveReply, outcome: Outcome) -> None:
    if live.reply.finish(outcome):
        events.message_finished(live.person_id, live.reply)


def _sum(before: int | None, now: int | None) -> int | None:
    """Tokens of all attempts together; None when no attempt told any."""
    return None if before is None and now is None else (before or 0) + (now or 0)


def _failure() -> str:
    return _("Something went wrong on our side. Try again.")


def _is_made_here(reply: Message) -> bool:
    """A task begins with the attempt before the one that it makes."""
    attempts = (reply.attempt, reply.attempt - 1)
    return any(background.find(_task_name(reply, attempt)) for attempt in attempts)


def _task_name(reply: Message, attempt: int) -> str:
    """Each attempt has a task of its own: the one before may still be cleaning up."""
    return f"reply:{reply.pk}:{attempt}"


def _stream_name(reply_id: UUID) -> str:
    return f"stream:{reply_id}"
