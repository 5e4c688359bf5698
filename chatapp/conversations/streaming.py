"""What the model says, into the live reply."""

import logging
from contextlib import aclosing
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations import refused_pictures, service
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
from chatapp.inference.errors import PictureRefused, RequestRefused

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
    try:
        await _ask(prompt, live, ending, seam)
    except InferenceError as error:
        logger.warning("Reply %s failed: %s", live.reply.pk, type(error).__name__)
        ending.fail(_sentence(error, live.reply), _kind(error))
    _add(seam.flush(), live)
    live.end_thinking()
    live.flush()
    if not live.text and ending.status == Message.Status.COMPLETE:
        ending.fail(_empty(ending))


async def _ask(prompt: Prompt, live: LiveReply, ending: Ending, seam: Seam) -> None:
    """Asks until no picture is refused any more: each time one fewer, or all in another form."""
    while True:
        _tell_left_out(prompt, live)
        begun = live.length
        try:
            async with aclosing(service.client().stream(prompt.request)) as deltas:
                async for delta in deltas:
                    _take(delta, prompt, live, ending, seam)
        except PictureRefused as error:
            found = await refused_pictures.remedy(prompt, error) if live.length == begun else None
            if found is None:
                raise
            prompt = found.prompt
            if found.left_out:
                live.tell_refused(found.left_out.name, found.left_out.refusal)
        else:
            refused_pictures.taken(prompt)
            return


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
        case Adapted(change, count):
            live.tell(change, count + getattr(prompt, change, 0))
        case Finished(reason):
            ending.finish_reason = reason
        case Usage():
            ending.usage = delta


def _add(text: str, live: LiveReply) -> None:
    if text:
        live.add(text)


def _tell_left_out(prompt: Prompt, live: LiveReply) -> None:
    """What the prompt never held; the client may leave out more and then tells its own share."""
    for change in ("turns_left_out", "pictures_left_out", "pictures_unseen"):
        if count := getattr(prompt, change):
            live.tell(change, count)


def _kind(error: InferenceError) -> str:
    if isinstance(error, TextBlocked):
        return Message.ErrorKind.BLOCKED
    return Message.ErrorKind.REFUSED if isinstance(error, RequestRefused) else ""


def _sentence(error: InferenceError, reply: Message) -> str:
    if isinstance(error, TextBlocked) and reply.conversation.instructions:
        hint = _("The instructions in the settings of this chat go along and may be the reason.")
        return f"{error.sentence} {hint}"
    return error.sentence


def _empty(ending: Ending) -> str:
    if ending.finish_reason == "length":
        return _(
            "The model reached the maximum length before it wrote a word. "
            "Raise it in the settings of this chat, or choose less thinking."
        )
    return _("The model sent an empty answer.")
