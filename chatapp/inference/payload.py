"""Encode the body of a request. `message_order` decides what its messages may contain."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from chatapp.server.valid_text import make_valid

from .catalog import ThinkingForm, TokenField
from .message_order import arrange, sendable_arguments
from .types import (
    ChatMessage,
    CompletionRequest,
    ImagePart,
    Part,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

MAX_REQUEST_BYTES = 15_000_000  # no limit of the service is known; Bedrock's is near 20 MB
MIN_THINKING_TOKENS = 1_024  # documented
MIN_ANSWER_TOKENS = 1_024  # for the answer after the thinking
MAX_TOOL_NAME_CHARACTERS = 64
# Tokens of a budget from which on a model that decides itself is asked for this effort.
LEAST_BUDGETS = {"high": 4_000, "medium": 2_048, "low": 0}

# The text of an assistant message that only calls tools: empty and missing text is refused.
NO_TEXT = "(tool call)"

# JSON escapes mean the same and hide markup from the web firewall in front of the service.
ESCAPES = {character: f"\\u{ord(character):04x}" for character in "<>&{}"}
_ENCODER = json.JSONEncoder(ensure_ascii=False)  # `json.dumps` would make one for each string


def encode(
    request: CompletionRequest,
    *,
    token_field: TokenField = "max_tokens",  # noqa: S107 - no secret
    max_output: int | None = None,
    thinking_form: ThinkingForm = "budget",
) -> bytes:
    """Return the JSON for `POST /v1/chat/completions`.

    Model and tools come first and the system text begins the messages, because the service caches
    requests by their common beginning. `max_output` is the model's limit in tokens, None when
    unknown.

    Raises RequestRefused when nothing is left to send, and ValueError for a request that no caller
    should make: temperature together with top_p, or two tools with one name.
    """
    body: dict[str, object] = {"model": request.model}
    if request.tools:
        # The default of tool_choice is "required" on one page of the documentation.
        choice = "auto" if request.may_call else "none"
        body |= {"tools": _tools(request.tools), "tool_choice": choice}
    body |= {"stream": True, "stream_options": {"include_usage": True}}
    body[token_field] = requested_tokens(request, max_output)
    body |= _thinking_or_sampling(request, max_output, thinking_form)
    messages = ",".join([_message_json(message) for message in arrange(request.messages)])
    return f'{_json(body)[:-1]},"messages":[{messages}]}}'.encode()


def requested_tokens(request: CompletionRequest, max_output: int | None) -> int:
    """Return the limit that is sent, for thinking and answer together.

    `max_output` is the most that the model accepts, None when unknown.
    """
    if request.thinking_budget is None:
        limit = request.max_tokens
        return limit if max_output is None else min(limit, max_output)
    budget = max(request.thinking_budget, MIN_THINKING_TOKENS)
    limit = max(request.max_tokens, MIN_ANSWER_TOKENS) + budget
    if max_output is None:
        return limit
    return max(min(limit, max_output), MIN_THINKING_TOKENS + MIN_ANSWER_TOKENS)


def has_images(request: CompletionRequest) -> bool:
    return bool(image_urls(request))


def body_has_images(body: bytes) -> bool:
    """Return the same of an encoded request, without a look at each message.

    Quotes inside a text are escaped, so no text contains this.
    """
    return b'"type":"image_url"' in body


def image_urls(request: CompletionRequest) -> list[str]:
    """Return the addresses of all images, the oldest first."""
    parts = (part for message in request.messages for part in message.parts)
    return [part.url for part in parts if isinstance(part, ImagePart)]


def weight(request: CompletionRequest) -> int:
    """Return roughly how many characters the body has, without the cost of making it."""
    return sum(_part_weight(part) for message in request.messages for part in message.parts)


def tool_name(name: str) -> str:
    """Return the name under which a tool is offered: the service accepts few characters."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:MAX_TOOL_NAME_CHARACTERS] or "tool"


def _part_weight(part: Part) -> int:
    match part:
        case TextPart(text) | ImagePart(text):
            return len(text)
        case ToolCallPart(_, _, text) | ToolResultPart(_, text):
            return len(text)


def _thinking_or_sampling(
    request: CompletionRequest, max_output: int | None, form: ThinkingForm
) -> dict[str, object]:
    """Return the fields for thinking, which exclude those for sampling; these exclude each other.

    The budget is raised to its minimum, and leaves tokens for the answer.
    """
    if request.temperature is not None and request.top_p is not None:
        raise ValueError("a request may have temperature or top_p, not both")
    if request.thinking_budget is None:
        sampling = {"temperature": request.temperature, "top_p": request.top_p}
        return {name: value for name, value in sampling.items() if value is not None}
    if form == "effort":
        return {"reasoning_effort": _effort(request.thinking_budget)}
    room = requested_tokens(request, max_output) - MIN_ANSWER_TOKENS
    budget = min(max(request.thinking_budget, MIN_THINKING_TOKENS), room)
    thinking = {"enabled": True, "budget_tokens": budget, "include_reasoning": True}
    return {"extended_thinking": thinking}


def _effort(budget: int) -> str:
    return next(effort for effort, least in LEAST_BUDGETS.items() if budget >= least)


def _tools(tools: Sequence[Tool]) -> list[object]:
    names = [tool_name(tool.name) for tool in tools]
    if len(set(names)) < len(names):
        raise ValueError(f"two tools have one name: {', '.join(sorted(names))}")
    return [
        {
            "type": "function",
            "function": {
                "name": name,
                "description": tool.description.strip() or name,
                "parameters": _without_schema_uri(tool.parameters),
            },
        }
        for name, tool in zip(names, tools, strict=True)
    ]


def _without_schema_uri(value: object) -> object:
    """Drop every `$schema`: the service answered it with 400 (unrecognized argument)."""
    if isinstance(value, Mapping):
        return {k: _without_schema_uri(v) for k, v in value.items() if k != "$schema"}
    if isinstance(value, list | tuple):
        return [_without_schema_uri(item) for item in value]
    return value


def _message_json(message: ChatMessage) -> str:
    """Return a message as JSON; by a shorter way for plain text, as most messages are."""
    match message.parts:
        case (TextPart(text),):
            return f'{{"role":"{message.role}","content":{_json_string(text)}}}'
    return _json(_message(message))


def _message(message: ChatMessage) -> dict[str, object]:
    match message.parts:
        case (ToolResultPart(call_id, result),):
            return {"role": "tool", "tool_call_id": call_id, "content": result}
    images = [part for part in message.parts if isinstance(part, ImagePart)]
    calls = [part for part in message.parts if isinstance(part, ToolCallPart)]
    if calls:
        content = message.text or NO_TEXT
        return {"role": message.role, "content": content, "tool_calls": [*map(_call, calls)]}
    if not images:
        return {"role": message.role, "content": message.text}
    # Images work best before the text.
    parts = [{"type": "image_url", "image_url": {"url": image.url}} for image in images]
    if message.text:
        parts.append({"type": "text", "text": message.text})
    return {"role": message.role, "content": parts}


def _call(call: ToolCallPart) -> dict[str, object]:
    arguments = sendable_arguments(call.arguments)
    function = {"name": tool_name(call.name), "arguments": arguments}
    return {"id": call.id, "type": "function", "function": function}


def _json(value: object) -> str:
    """Return compact JSON with `ESCAPES` in its strings.

    The strings are written one by one, because the braces around objects must stay.
    """
    if isinstance(value, str):
        return _json_string(value)
    if isinstance(value, Mapping):
        pairs = (f"{_json_string(str(key))}:{_json(item)}" for key, item in value.items())
        return f"{{{','.join(pairs)}}}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_json, value))}]"
    return json.dumps(value, allow_nan=False)


def _json_string(text: str) -> str:
    encoded = _ENCODER.encode(make_valid(text))
    for character, escape in ESCAPES.items():
        encoded = encoded.replace(character, escape)
    return encoded
