"""What the service refuses with 400, and its words for it."""

from __future__ import annotations

from typing import Any

# fmt: off
FIELDS = frozenset({
    "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens",
    "temperature", "top_p", "stop", "tools", "tool_choice", "parallel_tool_calls",
    "reasoning_effort", "extended_thinking", "allow_ignored_params", "response_format", "n",
    "frequency_penalty", "presence_penalty", "logprobs", "logit_bias", "seed",
})
# fmt: on
MESSAGE_FIELDS = frozenset({"role", "content", "tool_calls", "tool_call_id", "name"})
ROLES = frozenset({"system", "user", "assistant", "tool"})


def complaint(request: object) -> str:
    """Why the service would refuse this body; empty when it would not."""
    if not isinstance(request, dict):
        return "request body must be a JSON object"
    messages = request.get("messages")
    if unknown := sorted(request.keys() - FIELDS):
        return f"unrecognized request argument: {unknown[0]}"
    if not isinstance(request.get("model"), str) or not request["model"]:
        return "model is required"
    if not isinstance(messages, list) or not messages:
        return "messages is required"
    for index, message in enumerate(messages):
        if words := _message_complaint(message):
            return f"messages[{index}]: {words}"
    if "temperature" in request and "top_p" in request:
        return "temperature and top_p cannot both be specified for this model"
    return _limit_complaint(request) or _order_complaint(messages)


def _message_complaint(message: object) -> str:
    if not isinstance(message, dict):
        return "must be an object"
    if unknown := sorted(message.keys() - MESSAGE_FIELDS):
        return f"unrecognized request argument: {unknown[0]}"
    if message.get("role") not in ROLES:
        return "role must be one of system, user, assistant, tool"
    content = message.get("content")
    if isinstance(content, str):
        return "" if content.strip() else "content is required"
    if not isinstance(content, list) or not content:
        return "content is required"
    return next(filter(None, map(_part_complaint, content)), "")


def _part_complaint(part: Any) -> str:
    match part:
        case {"type": "text", "text": str(text), **rest} if not rest:
            return "" if text.strip() else "text content must be non-empty"
        case {"type": "image_url", "image_url": {"url": str(url), **extra}, **rest}:
            if extra or rest:
                return f"unrecognized request argument: {next(iter({**extra, **rest}))}"
            return "" if url else "image_url.url is required"
    return "content parts must be text or image_url"


def _limit_complaint(request: dict[str, Any]) -> str:
    for name in ("max_tokens", "max_completion_tokens"):
        value = request.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            return f"{name} must be a positive integer"
    return ""


def _order_complaint(messages: list[dict[str, Any]]) -> str:
    turns = [message["role"] for message in messages if message["role"] != "system"]
    if not turns or turns[0] != "user":
        return "the conversation must start with a user message"
    if turns[-1] == "assistant":
        return "the conversation must end with a user message: prefill is not supported"
    return ""
