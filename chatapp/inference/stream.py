"""Parse a streamed chat completion into deltas. No network, no clock.

Accepts every variant that the service documents, those that its clients have met, and what other
servers of the same protocol send.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chatapp.server.valid_text import TextJoiner

from .error_responses import error_from_event
from .errors import InferenceError, Interrupted, UnreadableReply
from .sse import Event, EventParser
from .thinking_tags import Kind, ThinkingTags
from .tool_calls import ToolCalls
from .types import Delta, Finished, FinishReason, ReasoningDelta, TextDelta, Usage

# Any other reason that is not empty means that the answer is complete.
FINISH_REASONS: Mapping[str, FinishReason] = {
    "length": "length",
    "max_tokens": "length",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "refusal": "refusal",
    "content_filter": "refusal",
    "content_filtered": "refusal",
    "guardrail_intervened": "refusal",
    "safety": "refusal",
    "prohibited_content": "refusal",
    "sensitive": "refusal",
}
MAX_TOKENS = 1_000_000_000  # a count above this is nonsense, and no integer column would hold it


class CompletionParser:
    """Turn the body, fed as it arrives until `done`, into deltas; `finish` returns the last ones.

    Both raise `InferenceError`: the service's own error in mid-stream, `UnreadableReply` for data
    that is not JSON, `ReplyTooLarge` from the event parser, `Interrupted` for a stream that ends
    with neither `[DONE]` nor a finish reason. If text came before the error in the same chunk, the
    next call raises it, so that nothing received is lost.
    """

    def __init__(self, secret: str = "", model: str = "") -> None:
        """Keep `secret`, which never appears in the sentence of an error, and name `model` in what
        is reported of its usage."""
        self._secret = secret
        self._model = model
        self._events = EventParser()
        self._text = TextJoiner()
        self._reasoning = TextJoiner()
        self._tags = ThinkingTags()
        self._calls = ToolCalls()
        self._reason: FinishReason | None = None
        self._error: InferenceError | None = None
        self.done = False

    def feed(self, chunk: bytes) -> list[Delta]:
        if self._error:
            raise self._error
        deltas: list[Delta] = []
        if self.done:
            return deltas
        try:
            for event in self._events.feed(chunk):
                self._read(event, deltas)
                if self.done:
                    break
        except InferenceError as error:
            if not deltas:
                raise
            self._error = error
            self.done = True
        return deltas

    def finish(self) -> Iterator[Delta]:
        """Yield the last deltas, once the connection ended cleanly or the parser is done.

        A generator, because the last event may bring text in a stream that was interrupted: that
        text comes before the error.
        """
        if self._error:
            raise self._error
        if not self.done:
            yield from self._flush()
        if not self.done:
            if self._reason is None:
                raise Interrupted
            yield from self._end(self._reason)

    def _flush(self) -> list[Delta]:
        deltas: list[Delta] = []
        for event in self._events.flush():
            try:
                self._read(event, deltas)
            except UnreadableReply as error:
                raise Interrupted from error  # in the middle of an event
        return deltas

    def _read(self, event: Event, deltas: list[Delta]) -> None:
        data = event.data
        if event.name == "done" or data.startswith("[DONE]"):
            deltas += self._end(self._reason or "stop")
        elif event.name == "error":
            raise error_from_event(data, secret=self._secret)
        elif data and not data.isspace():
            chunk = _json_object(data)
            if chunk.get("error") or chunk.get("object") == "error":
                raise error_from_event(data, secret=self._secret)
            self._read_chunk(chunk, deltas)

    def _end(self, reason: FinishReason) -> list[Delta]:
        """Return the last deltas: half a character may still wait for its other half."""
        self.done = True
        deltas: list[Delta] = []
        if rest := self._reasoning.flush():
            deltas.append(ReasoningDelta(rest))
        self._add_text(self._text.flush(), deltas)
        deltas += [_delta(kind, held) for kind, held in self._tags.flush()]
        return [*deltas, Finished(reason)]

    def _read_chunk(self, chunk: dict[str, Any], deltas: list[Delta]) -> None:
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            message = choice.get("delta") or choice.get("message")
            if isinstance(message, dict):
                self._read_message(message, deltas)
            reason = choice.get("finish_reason")
            if reason and isinstance(reason, str):
                self._reason = FINISH_REASONS.get(reason.lower(), "stop")
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            _read_usage(usage, self._model, deltas)

    def _read_message(self, message: dict[str, Any], deltas: list[Delta]) -> None:
        # Heroku nests the text under "thinking"; other servers send it as a string of either name.
        reasoning = message.get("reasoning") or message.get("reasoning_content")
        if isinstance(reasoning, dict):
            reasoning = reasoning.get("thinking")
        if reasoning and isinstance(reasoning, str) and (text := self._reasoning.feed(reasoning)):
            self._tags.end_start()
            deltas.append(ReasoningDelta(text))
        content = message.get("content") or message.get("refusal")
        if isinstance(content, list):
            content = _joined(content)
        if content and isinstance(content, str):
            self._add_text(self._text.feed(content), deltas)
        calls = message.get("tool_calls")
        if isinstance(calls, list):
            deltas.extend(self._calls.read(calls))
        elif "function_call" in message:  # the older field, for one call only
            deltas.extend(self._calls.read([{"function": message["function_call"]}]))

    def _add_text(self, text: str, deltas: list[Delta]) -> None:
        if text and self._tags.are_over:
            deltas.append(TextDelta(text))
        elif text:
            deltas += [_delta(kind, piece) for kind, piece in self._tags.feed(text)]


def _delta(kind: Kind, text: str) -> Delta:
    return ReasoningDelta(text) if kind == "reasoning" else TextDelta(text)


def _json_object(data: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableReply from error
    if not isinstance(value, dict):
        raise UnreadableReply
    return value


def _joined(parts: list[object]) -> str:
    """Return the text of content that is a list of parts, as in a request."""
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "".join(text for text in texts if isinstance(text, str))


def _read_usage(usage: dict[str, Any], model: str, deltas: list[Delta]) -> None:
    prompt = _count(usage.get("prompt_tokens"))
    completion = _count(usage.get("completion_tokens"))
    if prompt or completion:  # an empty usage would replace an earlier one
        cached = _part(usage, "prompt_tokens_details", "cached_tokens")
        cached = cached or _count(usage.get("cache_read_input_tokens"))
        thinking = _part(usage, "completion_tokens_details", "reasoning_tokens")
        cached, thinking = min(cached, prompt), min(thinking, completion)
        deltas.append(Usage(prompt, completion, cached, thinking, model))


def _part(usage: dict[str, Any], details: str, name: str) -> int:
    """Return a number of tokens that a service reports in more detail, 0 if it doesn't."""
    found = usage.get(details)
    return _count(found.get(name)) if isinstance(found, dict) else 0


def _count(value: object) -> int:
    """Return a number of tokens; some servers write whole numbers as floats."""
    if isinstance(value, int | float) and 0 < value <= MAX_TOKENS:
        return int(value)
    return 0
