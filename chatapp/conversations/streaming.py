"""What the model says, into the live reply."""

import logging
from contextlib import aclosing
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations import service
from chatapp.conversations.live import LiveReply
from chatapp.conversations.models import Message
from chatapp.conversations.prompts import Prompt
from chatapp.conversations.seam import Seam
from chatapp.inference import (
    Adapted,
    Delta,
    Finished,
    InferenceError,
    ReasoningDelta,
    TextBlocked,
    TextDelta,
    Usage,
    Waiting,
)

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Ending:
    """What is known so far about how a reply ends."""

    status: str = Message.Status.COMPLETE
    error: str = ""
    error_kind: str = ""
    finish_reason: str = ""
    usage: Usage | None = None

    def fail(self, sentence: str, kind: str = "") -> None:
        self.status, self.error, self.error_kind = Message.Status.FAILED, sentence, kind


async def stream(prompt: Prompt, live: LiveReply, ending: Ending) -> None:
    """Asks the model and hands on what it says; a reply that has a text goes on after it."""
    seam = Seam(live.text)
    if live.text and len(live.text) not in live.seams:
        live.seams.append(len(live.text))
    _tell_left_out(prompt, live)
    try:
        async with aclosing(service.client().stream(prompt.request)) as deltas:
            async for delta in deltas:
                _take(delta, prompt, live, ending, seam)
    except InferenceError as error:
        logger.warning("Reply %s failed: %s", live.reply.pk, type(error).__name__)
        blocked = isinstance(error, TextBlocked)
        ending.fail(error.sentence, Message.ErrorKind.BLOCKED if blocked else "")
    _add(seam.flush(), live)
    live.end_thinking()
    live.flush()
    if not live.text and ending.status == Message.Status.COMPLETE:
        ending.fail(_("The model sent an empty answer."))


def _take(delta: Delta, prompt: Prompt, live: LiveReply, ending: Ending, seam: Seam) -> None:
    match delta:
        case TextDelta(text):
            if live.reply.first_token_at is None:
                live.reply.first_token_at = timezone.now()
            _add(seam.feed(text), live)
        case ReasoningDelta(text):
            live.think(text)
        case Waiting():
            live.wait(delta)
        case Adapted("turns_left_out", count):
            live.adapt(Adapted("turns_left_out", count + prompt.turns_left_out))
        case Adapted("pictures_left_out", count):
            live.adapt(Adapted("pictures_left_out", count + prompt.pictures_left_out))
        case Adapted():
            live.adapt(delta)
        case Finished(reason):
            ending.finish_reason = reason
        case Usage():
            ending.usage = delta


def _add(text: str, live: LiveReply) -> None:
    if text:
        live.add(text)


def _tell_left_out(prompt: Prompt, live: LiveReply) -> None:
    """What the prompt never held; the client may leave out more and then tells the sum."""
    if prompt.turns_left_out:
        live.adapt(Adapted("turns_left_out", prompt.turns_left_out))
    if prompt.pictures_left_out:
        live.adapt(Adapted("pictures_left_out", prompt.pictures_left_out))
