"""How an attempt at a reply ends: stored and announced, or released for another process."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain, repeat
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import FinalState, Message, Progress, TokenUsage, text_ends
from chatapp.conversations.models.lease import CloseCondition
from chatapp.conversations.signals import reply_ended, text_prepared
from chatapp.inference.context_window import estimate_messages
from chatapp.rendering import arender_document
from chatapp.replies import model_calls, usage
from chatapp.replies.accounting import CallUsage, ledger
from chatapp.replies.live import LiveReply
from chatapp.replies.prompt.turns import reply_turns
from chatapp.replies.usage import Counted, ModelRequest
from chatapp.server.database_errors import DATABASE_AWAY

PAUSES = (0.5, 1, 2)  # seconds between attempts to save; the last one repeats

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ReplyOutcome:
    """What is known so far about how an attempt ends."""

    status: str = Message.Status.COMPLETE
    error: str = ""
    error_kind: str = ""
    finish_reason: str = ""
    requests: list[ModelRequest] = field(default_factory=list)
    is_temporary: bool = False  # the same request may succeed in a moment
    is_released: bool = False  # not an end: another process resumes the reply

    def fail(self, sentence: str, kind: str = "") -> None:
        self.status, self.error, self.error_kind = Message.Status.FAILED, sentence, kind


async def save(live: LiveReply, outcome: ReplyOutcome) -> None:
    """Store the end, however long the database is away: only this process has the text.

    Writes nothing when another process has taken the reply over.
    """
    html = ""
    if not outcome.is_released:
        prefix, ends = str(live.reply.pk), text_ends(live.reply)
        html = await arender_document(live.text, prefix=prefix, ends=ends)
    for pause in chain(PAUSES, repeat(PAUSES[-1])):
        try:
            await background.in_thread(choose_outcome(outcome), live, outcome, html)
        except DATABASE_AWAY as error:
            logger.warning("The end of a reply could not be saved: %s", type(error).__name__)
            await asyncio.sleep(pause)
        else:
            return


def close(
    reply: Message, status: str, error: str = "", *, only_if: CloseCondition = "is running"
) -> bool:
    """End a reply as it was saved, and announce it; False when it had ended or others make it."""
    with transaction.atomic():
        if not reply.close(status, error, only_if=only_if):
            return False
        reply.refresh_from_db()
        model_calls.settle_lost(reply)
    _announce(reply.conversation.owner_id, reply)
    return True


def release_unmade(reply: Message) -> None:
    """Release a reply that was taken as it was added, and of which nothing was made. The call that
    was begun with it is never sent, and costs nothing."""
    with transaction.atomic():
        if reply.release(Progress(), TokenUsage()):
            unsent = ledger().unsettled(reply.pk)
            ledger().settle_lost([(call, CallUsage()) for call in unsent])


def choose_outcome(outcome: ReplyOutcome) -> Callable[[LiveReply, ReplyOutcome, str], None]:
    if outcome.is_released:
        return _release
    return _await_approval if outcome.status == Message.Status.WAITING else _finish


def _await_approval(live: LiveReply, outcome: ReplyOutcome, html: str) -> None:
    """Keep the reply until the person decides, at no cost; end it if they pressed Stop."""
    progress = live.progress
    counted = usage.count(live.reply, outcome.requests, progress)
    with transaction.atomic():
        is_waiting = live.reply.await_approval(progress, counted.tokens)
        if is_waiting:
            ledger().settle(counted.calls)
    if is_waiting:
        events.message_finished(live.person_id, live.reply)
    else:
        outcome.status = Message.Status.STOPPED
        _finish(live, outcome, html)


def _finish(live: LiveReply, outcome: ReplyOutcome, html: str) -> None:
    text_prepared.send(Message, text=live.text)
    counted = usage.count(live.reply, outcome.requests, live.progress)
    final = _record(live, outcome, html, counted)
    with transaction.atomic():
        has_ended = live.reply.finish(final)
        # An attempt that was overtaken has cost as much.
        price = ledger().settle(counted.calls)
    if has_ended:
        has_all_calls = live.reply.attempt == 1 and not live.tool_calls
        _announce(live.person_id, live.reply, price if has_all_calls else None)


def _release(live: LiveReply, outcome: ReplyOutcome, _html: str) -> None:
    progress = live.progress
    counted = usage.count(live.reply, outcome.requests, progress)
    with transaction.atomic():
        is_released = live.reply.release(progress, counted.tokens)
        ledger().settle(counted.calls)
    if is_released:
        logger.info("A reply was released", extra={"characters": len(progress.text)})


def _record(live: LiveReply, outcome: ReplyOutcome, html: str, counted: Counted) -> FinalState:
    progress = live.progress
    return FinalState(
        status=outcome.status,
        progress=progress,
        token_usage=counted.tokens,
        html=html,
        error=outcome.error,
        error_kind=outcome.error_kind,
        finish_reason=outcome.finish_reason,
        estimated_tokens=estimate_messages(reply_turns(progress.text, live.tool_calls)),
        is_plain=not live.tool_calls,
    )


def _announce(person_id: UUID, reply: Message, price: str | None = None) -> None:
    events.message_finished(person_id, reply, price)
    _log(reply)
    reply_ended.send_robust(Message, reply=reply)


def _log(reply: Message) -> None:
    """Write one line for each reply that ended."""
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
