"""One turn of the model in a reply: what it is asked, what it answers, and the tools it calls."""

import logging
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations.models import Message
from chatapp.conversations.models.progress import REFUSAL
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
from chatapp.inference.errors import AnswerDeclined, ImageRejected, RequestRefused
from chatapp.inference.translation import gettext_noop
from chatapp.replies import learning, line, model_calls, service
from chatapp.replies.accounting import Call
from chatapp.replies.live import LiveReply
from chatapp.replies.outcomes import ReplyOutcome
from chatapp.replies.pace import LoopShare
from chatapp.replies.prompt import building, refused_images
from chatapp.replies.prompt.building import Prompt
from chatapp.replies.turn_buffer import TurnBuffer
from chatapp.replies.usage import ModelRequest

DECLINED_TO_CONTINUE = gettext_noop(
    "The model declined to continue this answer. Change the message, leave it out, or choose "
    "another model."
)
# What a prompt counts and the page reports.
EXCLUDED = (
    "turns_excluded",
    "pages_excluded",
    "scans_excluded",
    "images_excluded",
    "images_unsupported",
)
MAX_INTERRUPTIONS = 2  # of one turn's stream, after each of which the model is asked to continue

logger = logging.getLogger(__name__)


class Turn:
    """Owns the prompt, the buffer and the tool calls of a turn.

    Output goes to `live`, what is known about the end of the reply to `outcome`.
    """

    def __init__(self, prompt: Prompt, live: LiveReply, outcome: ReplyOutcome) -> None:
        self.prompt = prompt
        self.live = live
        self.outcome = outcome
        self._buffer = TurnBuffer("")

    async def run(self) -> list[ToolCallPart]:
        """Ask the model until its turn ends; return the tool calls that it ends with.

        A turn that has text already is continued, and so is one whose stream is interrupted.
        """
        for interruptions_left in range(MAX_INTERRUPTIONS, -1, -1):
            length = self.live.length
            self._buffer = TurnBuffer(self.live.text[self.live.turn_start :])
            error = await self._stream()
            if error is None and self.outcome.finish_reason == REFUSAL:
                error = AnswerDeclined(DECLINED_TO_CONTINUE if self.live.text else None)
            if error is None:
                # Some servers let a model call tools although it must answer.
                return self._buffer.calls if self.prompt.request.may_call else []
            self.outcome.is_temporary = error.retryable
            # Before its first output the client has retried by itself.
            has_begun = self.live.length > length or self._buffer.calls
            if not (error.retryable and has_begun and interruptions_left):
                self.outcome.fail(_sentence(error, self.live.reply), _kind(error))
                if isinstance(error, AnswerDeclined):
                    self.outcome.finish_reason = REFUSAL
                break
            self.prompt = await model_calls.recorded(prompt_to_continue, self.live)
        return []

    async def _stream(self) -> InferenceError | None:
        """Read one stream to its end; return the error that ended it early."""
        live = self.live
        if live.text_length > live.turn_start and live.text_length not in live.resume_positions:
            live.resume_positions.append(live.text_length)
        failure = None
        try:
            await self._ask()
        except InferenceError as error:
            logger.warning("A stream ended early: %s", type(error).__name__)
            failure = error
        service.note(failure)
        self._add(self._buffer.overlap.flush())
        live.end_thinking()
        await live.drain()
        return failure

    async def _ask(self) -> None:
        """After each rejected image, ask again without it, or with the other image delivery: all
        that is one call.

        Raises InferenceError, CapReached.
        """
        call = await self._begin_call()
        while True:
            self._notify_excluded()
            length = self.live.length
            request = ModelRequest(
                self.prompt.request, self.live.text_length, len(self.live.reasoning), call=call
            )
            self.outcome.requests.append(request)
            try:
                await self._read(request)
            except ImageRejected as error:
                has_output = self.live.length > length
                retry = None if has_output else await refused_images.retry(self.prompt, error)
                if retry is None:
                    raise
                self.prompt = model_calls.limited(retry.prompt, call)
                if retry.excluded:
                    self.live.notify_refused(retry.excluded.name, retry.excluded.refusal)
            else:
                refused_images.accepted(self.prompt)
                return

    async def _begin_call(self) -> Call | None:
        """Return the call that the prompt is for, which was begun with it unless the prompt was
        changed since."""
        if self.prompt.call is None:
            self.prompt = await model_calls.recorded(
                model_calls.begin, self.prompt, self.live.text_length, len(self.live.reasoning)
            )
        call = self.prompt.call
        for change, value in call.notices.items() if call else ():
            self.live.notify(change, value)
        self.prompt = replace(self.prompt, call=None)
        return call

    async def _read(self, request: ModelRequest) -> None:
        """Make the call when it is the reply's turn."""
        length = self.live.length
        call = line.Call(
            person=self.live.person_id,
            request=request.request,
            since=self.live.reply.created_at.timestamp(),
            make=partial(self._read_answer, request),
            has_output=lambda: self.live.length > length or bool(self._buffer.calls),
            show=self.live.stand,
        )
        await line.go(call)

    async def _read_answer(self, request: ModelRequest) -> Usage | None:
        share = LoopShare()
        async with aclosing(service.client().stream(request.request)) as deltas:
            async for delta in deltas:
                self._handle(delta, request)
                if self.live.is_behind:
                    await self.live.drain()
                else:
                    await share.pause_if_used_up()
        return request.usage

    def _handle(self, delta: Delta, request: ModelRequest) -> None:
        match delta:
            case TextDelta(text):
                if self.live.reply.first_token_at is None:
                    self.live.reply.first_token_at = timezone.now()
                self._add(self._buffer.overlap.feed(text))
            case ReasoningDelta(text):
                self.live.think(text)
            case ToolCallDelta():
                self.live.end_thinking()
                self._buffer.add_call(delta)
                request.tool_calls += (delta.name, delta.arguments)
            case Waiting():
                self.live.wait(delta)
            case Adapted(change, count, detail):
                if change == "model_replaced":
                    request.replaced_by = learning.known(request.request.model).replacement or ""
                self.live.notify(change, detail or count + getattr(self.prompt, change, 0))
            case Finished(reason):
                self.outcome.finish_reason = reason
                self._buffer.end(reason)
            case Usage():
                request.usage = delta

    def _add(self, text: str) -> None:
        if text:
            self.live.add(text)

    def _notify_excluded(self) -> None:
        """Show what the prompt excludes; the client may exclude more and reports its own share."""
        for change in EXCLUDED:
            if count := getattr(self.prompt, change):
                self.live.notify(change, count)


def prompt_to_continue(live: LiveReply) -> Prompt:
    """Return the prompt for the rest of a reply, with the call that it is for. Uses the database:
    call it in a thread. Raises CapReached."""
    live.reply.text = live.text
    prompt = building.reply_prompt(live.reply)
    return model_calls.begin(prompt, live.text_length, len(live.reasoning))


def _kind(error: InferenceError) -> str:
    if isinstance(error, TextBlocked):
        return Message.ErrorKind.BLOCKED
    return Message.ErrorKind.REFUSED if isinstance(error, RequestRefused) else ""


def _sentence(error: InferenceError, reply: Message) -> str:
    is_about_text = isinstance(error, TextBlocked | AnswerDeclined) or type(error) is RequestRefused
    if is_about_text and reply.conversation.instructions:
        hint = _("The instructions in this chat's settings are sent too and may be the reason.")
        return f"{error.translated(_)} {hint}"
    return error.translated(_)
