"""How an attempt at a reply ends: finished in the database and told, or let go for another."""

import asyncio
import logging
from collections.abc import Callable
from itertools import chain, repeat

import django.db
from django.utils import timezone

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Message, Outcome
from chatapp.conversations.models.lease import Maker
from chatapp.rendering import rendered_document
from chatapp.replies import usage
from chatapp.replies.live import LiveReply
from chatapp.replies.streaming import ReplyOutcome

PAUSES = (0.5, 1, 2)  # seconds between tries; the last one again and again

logger = logging.getLogger(__name__)


async def save(live: LiveReply, ending: ReplyOutcome) -> None:
    """Saves the end, however long the database is away: the text is in this memory only.

    Another process may have taken the reply meanwhile; then nothing is written.
    """
    html = (
        "" if ending.is_released else await rendered_document(live.text, prefix=str(live.reply.pk))
    )
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            await background.in_thread(_way_to_end(ending), live, ending, html)
        except (django.db.OperationalError, django.db.InterfaceError) as error:
            logger.warning("The end of a reply could not be saved: %s", type(error).__name__)
            await asyncio.sleep(pause)
        else:
            return


def close(reply: Message, status: str, error: str = "", *, made_by: Maker = "anybody") -> bool:
    """Ends a reply as it was saved, and tells; False when it had ended or others make it."""
    if not reply.close(status, error, made_by=made_by):
        return False
    reply.refresh_from_db()
    events.message_finished(reply.conversation.owner_id, reply)
    _log(reply)
    return True


def _way_to_end(ending: ReplyOutcome) -> Callable[[LiveReply, ReplyOutcome, str], None]:
    if ending.is_released:
        return _release
    return _wait if ending.status == Message.Status.WAITING else _finish


def _wait(live: LiveReply, ending: ReplyOutcome, html: str) -> None:
    """For the person's word: until then the reply costs nobody anything. Not when that word is
    Stop already."""
    progress = live.progress
    if live.reply.await_approval(progress, usage.token_usage(live.reply, ending.calls, progress)):
        events.message_finished(live.person_id, live.reply)
    else:
        ending.status = Message.Status.STOPPED
        _finish(live, ending, html)


def _finish(live: LiveReply, ending: ReplyOutcome, html: str) -> None:
    if live.reply.finish(_outcome(live, ending, html)):
        events.message_finished(live.person_id, live.reply)
        _log(live.reply)


def _release(live: LiveReply, ending: ReplyOutcome, _html: str) -> None:
    progress = live.progress
    if live.reply.release(progress, usage.token_usage(live.reply, ending.calls, progress)):
        logger.info("A reply was let go", extra={"characters": len(progress.text)})


def _outcome(live: LiveReply, ending: ReplyOutcome, html: str) -> Outcome:
    progress = live.progress
    return Outcome(
        status=ending.status,
        progress=progress,
        token_usage=usage.token_usage(live.reply, ending.calls, progress),
        html=html,
        error=ending.error,
        error_kind=ending.error_kind,
        finish_reason=ending.finish_reason,
    )


def _log(reply: Message) -> None:
    """One line per reply that ended."""
    seconds = (timezone.now() - (reply.started_at or reply.created_at)).total_seconds()
    logger.info(
        "Reply ended",
        extra={
            "outcome": reply.status,
            "model": reply.model,
            "takeovers": reply.takeovers,
            "seconds": round(seconds, 2),
            "first_token_ms": _first_token_ms(reply),
            "prompt_tokens": reply.prompt_tokens,
            "completion_tokens": reply.completion_tokens,
            "estimated": reply.usage_is_estimated,
        },
    )


def _first_token_ms(reply: Message) -> int | None:
    if reply.started_at is None or reply.first_token_at is None:
        return None
    return round((reply.first_token_at - reply.started_at).total_seconds() * 1000)
