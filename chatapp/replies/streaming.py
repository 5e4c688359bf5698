"""What the model says, into the live reply."""

import logging
from contextlib import aclosing
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.connectors.remote import sessions
from chatapp.conversations.models import Message
from chatapp.inference import (
    Adapted,
    Delta,
    Finished,
    InferenceError,
    ReasoningDelta,
    TextBlocked,
    TextDelta,
    ToolCallDelta,
    ToolCallPart,
    Usage,
    Waiting,
)
from chatapp.inference.errors import ImageRejected, RequestRefused
from chatapp.replies import service
from chatapp.replies.live import LiveReply
from chatapp.replies.pace import Turns
from chatapp.replies.prompt import building, refused_images
from chatapp.replies.prompt.building import Prompt
from chatapp.replies.tools import calls
from chatapp.replies.turn_buffer import TurnBuffer
from chatapp.replies.usage import Call

MAX_CUTS = 2  # of one stream that are met by going on

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ReplyOutcome:
    """What is known so far about how a reply ends."""

    status: str = Message.Status.COMPLETE
    error: str = ""
    error_kind: str = ""
    finish_reason: str = ""
    calls: list[Call] = field(default_factory=list)
    may_go_on: bool = False  # what ended it may be over in a moment
    is_released: bool = False  # not an end: another process goes on

    def fail(self, sentence: str, kind: str = "") -> None:
        self.status, self.error, self.error_kind = Message.Status.FAILED, sentence, kind


async def stream(prompt: Prompt, live: LiveReply, ending: ReplyOutcome) -> None:
    """Asks the model and hands on what it says, runs the tools that it calls, and asks again with
    what came of them, until it answers."""
    try:
        await _converse(prompt, live, ending)
    except calls.Overtaken:
        # Nothing is written of an attempt that another overtook; else somebody pressed Stop.
        ending.status = Message.Status.STOPPED
    finally:
        sessions.close(prompt.toolbox.context.work)


async def _converse(prompt: Prompt, live: LiveReply, ending: ReplyOutcome) -> None:
    if live.tool_calls:
        # Calls of an attempt that died, or that the person has decided about since.
        if not await calls.settle(live, prompt.toolbox):
            ending.status = Message.Status.WAITING
            return
        prompt = await background.in_thread(_prompt_to_go_on, live)
    while wanted := await _turn(prompt, live, ending):
        await calls.begin(live, wanted, prompt.toolbox, ending.calls)
        if not await calls.settle(live, prompt.toolbox):
            ending.status = Message.Status.WAITING
            return
        prompt = await background.in_thread(_prompt_to_go_on, live)
    if not live.text and ending.status == Message.Status.COMPLETE:
        ending.fail(_empty(ending))


async def _turn(prompt: Prompt, live: LiveReply, ending: ReplyOutcome) -> list[ToolCallPart]:
    """What the model says in one go, and the tools that it wants to be called then. A reply that
    has a text goes on after it, and so does one whose stream is cut."""
    for cuts_left in range(MAX_CUTS, -1, -1):
        begun = live.length
        buffer = TurnBuffer(live.text[live.turn_begins :])
        error = await _stream_once(prompt, live, ending, buffer)
        if error is None:
            # Some servers let a model call that was told to answer.
            return buffer.calls if prompt.request.may_call else []
        ending.may_go_on = error.retryable
        # Before a word was said the client has tried again by itself.
        has_begun = live.length > begun or buffer.calls
        if not (error.retryable and has_begun and cuts_left):
            ending.fail(_sentence(error, live.reply), _kind(error))
            break
        prompt = await background.in_thread(_prompt_to_go_on, live)
    return []


async def _stream_once(
    prompt: Prompt, live: LiveReply, ending: ReplyOutcome, buffer: TurnBuffer
) -> InferenceError | None:
    """One stream up to its end; gives what ended it too early."""
    if live.text_length > live.turn_begins and live.text_length not in live.resume_positions:
        live.resume_positions.append(live.text_length)
    failure = None
    try:
        await _ask(prompt, live, ending, buffer)
    except InferenceError as error:
        logger.warning("A stream ended early: %s", type(error).__name__)
        failure = error
    service.note(failure)
    _add(buffer.overlap.flush(), live)
    live.end_thinking()
    await live.drain()
    return failure


def _prompt_to_go_on(live: LiveReply) -> Prompt:
    live.reply.text = live.text
    return building.reply_prompt(live.reply)


async def _ask(prompt: Prompt, live: LiveReply, ending: ReplyOutcome, buffer: TurnBuffer) -> None:
    """Asks until no image is refused any more: each time one fewer, or all in another form."""
    while True:
        _tell_excluded(prompt, live)
        turns = Turns()
        begun = live.length
        ending.calls.append(Call(prompt.request, live.text_length, len(live.reasoning)))
        try:
            async with aclosing(service.client().stream(prompt.request)) as deltas:
                async for delta in deltas:
                    _take(delta, prompt, live, ending, buffer)
                    if live.is_behind:
                        await live.drain()
                    else:
                        await turns.give()
        except ImageRejected as error:
            found = await refused_images.remedy(prompt, error) if live.length == begun else None
            if found is None:
                raise
            prompt = found.prompt
            if found.excluded:
                live.notify_refused(found.excluded.name, found.excluded.refusal)
        else:
            refused_images.taken(prompt)
            return


def _take(
    delta: Delta, prompt: Prompt, live: LiveReply, ending: ReplyOutcome, buffer: TurnBuffer
) -> None:
    match delta:
        case TextDelta(text):
            if live.reply.first_token_at is None:
                live.reply.first_token_at = timezone.now()
            _add(buffer.overlap.feed(text), live)
        case ReasoningDelta(text):
            live.think(text)
        case ToolCallDelta():
            live.end_thinking()
            buffer.note_call(delta)
            ending.calls[-1].tools += (delta.name, delta.arguments)
        case Waiting():
            live.wait(delta)
        case Adapted(change, count):
            live.notify(change, count + getattr(prompt, change, 0))
        case Finished(reason):
            ending.finish_reason = reason
            buffer.end(reason)
        case Usage():
            ending.calls[-1].usage = delta


def _add(text: str, live: LiveReply) -> None:
    if text:
        live.add(text)


def _tell_excluded(prompt: Prompt, live: LiveReply) -> None:
    """What the prompt never held; the client may leave out more and then tells its own share."""
    for change in ("turns_excluded", "images_excluded", "images_unsupported"):
        if count := getattr(prompt, change):
            live.notify(change, count)


def _kind(error: InferenceError) -> str:
    if isinstance(error, TextBlocked):
        return Message.ErrorKind.BLOCKED
    return Message.ErrorKind.REFUSED if isinstance(error, RequestRefused) else ""


def _sentence(error: InferenceError, reply: Message) -> str:
    if isinstance(error, TextBlocked) and reply.conversation.instructions:
        hint = _("The instructions in the settings of this chat go along and may be the reason.")
        return f"{error.translated(_)} {hint}"
    return error.translated(_)


def _empty(ending: ReplyOutcome) -> str:
    if ending.finish_reason == "length":
        return _(
            "The model reached the maximum length before it wrote a word. "
            "Raise it in the settings of this chat, or choose less thinking."
        )
    return _("The model sent an empty answer.")
