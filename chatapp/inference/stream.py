"""Deltas out of the bytes of a streamed chat completion. No network, no clock.

Accepts every variant that the service documents, those that its clients have met, and what other
servers of the same protocol send.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import InferenceError, Interrupted, UnreadableReply, error_from_event
from .sse import Event, EventParser
from .text import WholeText
from .types import (
    Delta,
    Finished,
    FinishReason,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)

# Anything else that is not empty means that the model came to its end.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
}


class CompletionParser:
    """Feed it the body as it arrives until `done`, then call `finish` once.

    Both raise `InferenceError`: the service's own error in mid-stream, `UnreadableReply` for data
    that is not JSON, `ReplyTooLarge` from the event parser, `Interrupted` for a stream that ends
    with neither `[DONE]` nor a finish reason. An error waits for the next call when text came
    before it in the same chunk, so that nothing received is lost.
    """

    def __init__(self, secret: str = "") -> None:
        """`secret` never appears in the sentence of an error."""
        self._secret = secret
        self._events = EventParser()
        self._text = WholeText()
        self._reasoning = WholeText()
        self._reason: FinishReason | None = None
        self._error: InferenceError | None = None
        self.done = False

    def feed(self, chunk: bytes) -> list[Delta]:
        if self._error:
            raise self._error
        deltas: list[Delta] = []
        try:
            for event in self._events.feed(chunk):
                if not self.done:
                    self._read(event, deltas)
        except InferenceError as error:
            if not deltas:
                raise
            self._error = error
            self.done = True
        return deltas

    def finish(self) -> list[Delta]:
        """The connection ended cleanly, or the parser is done."""
        if self._error:
            raise self._error
        deltas: list[Delta] = []
        if not self.done:
            self._flush(deltas)
        if not self.done:
            if self._reason is None:
                raise Interrupted
            self._end(deltas)
        return deltas

    def _flush(self, deltas: list[Delta]) -> None:
        for event in self._events.flush():
            try:
                self._read(event, deltas)
            except UnreadableReply as error:
                raise Interrupted from error  # cut in the middle of an event

    def _read(self, event: Event, deltas: list[Delta]) -> None:
        data = event.data
        if data == "[DONE]" or event.name == "done":
            self._end(deltas)
        elif event.name == "error":
            raise error_from_event(data, secret=self._secret)
        elif data and not data.isspace():
            chunk = _json_object(data)
            if chunk.get("error"):
                raise error_from_event(data, secret=self._secret)
            self._read_chunk(chunk, deltas)

    def _end(self, deltas: list[Delta]) -> None:
        self.done = True
        deltas.append(Finished(self._reason or "stop"))

    def _read_chunk(self, chunk: dict[str, Any], deltas: list[Delta]) -> None:
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            message = choice.get("delta") or choice.get("message")
            if isinstance(message, dict):
                self._read_message(message, deltas)
            reason = choice.get("finish_reason")
            if reason and isinstance(reason, str):
                self._reason = FINISH_REASONS.get(reason, "stop")
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            deltas.append(
                Usage(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")))
            )

    def _read_message(self, message: dict[str, Any], deltas: list[Delta]) -> None:
        # Heroku nests the text under "thinking"; other servers send it as a string of either name.
        reasoning = message.get("reasoning") or message.get("reasoning_content")
        if isinstance(reasoning, dict):
            reasoning = reasoning.get("thinking")
        if reasoning and isinstance(reasoning, str) and (text := self._reasoning.feed(reasoning)):
            deltas.append(ReasoningDelta(text))
        content = message.get("content")
        if content and isinstance(content, str) and (text := self._text.feed(content)):
            deltas.append(TextDelta(text))
        calls = message.get("tool_calls")
        if isinstance(calls, list):
            deltas.extend(_tool_call(call) for call in calls if isinstance(call, dict))


def _json_object(data: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableReply from error
    if not isinstance(value, dict):
        raise UnreadableReply
    return value


def _tool_call(call: dict[str, Any]) -> ToolCallDelta:
    function = call.get("function")
    if not isinstance(function, dict):
        function = {}
    return ToolCallDelta(
        id=_text(call.get("id")),
        name=_text(function.get("name")),
        arguments=_text(function.get("arguments")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and value > 0 else 0
