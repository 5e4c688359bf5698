"""Validate requests like the service, which answers 400 with these messages."""

from __future__ import annotations

from typing import Any

from . import tool_validation

# fmt: off
FIELDS = frozenset({
    "model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens",
    "temperature", "top_p", "stop", "tools", "tool_choice", "parallel_tool_calls",
    "reasoning_effort", "extended_thinking", "allow_ignored_params", "response_format", "n",
    "frequency_penalty", "presence_penalty", "logprobs", "logit_bias", "seed",
})
# fmt: on
LIMITS = ("max_tokens", "max_completion_tokens")
SAMPLING = ("temperature", "top_p")
THINKING_FIELDS = frozenset({"enabled", "budget_tokens", "include_reasoning"})
MESSAGE_FIELDS = frozenset({"role", "content", "tool_calls", "tool_call_id", "name"})
ROLES = frozenset({"system", "user", "assistant", "tool"})
MIN_THINKING_BUDGET = 1_024  # tokens


def validation_error(request: object) -> str:
    """Return the message with which the service would refuse this body, "" for a valid one."""
    if not isinstance(request, dict):
        return "request body must be a JSON object"
    messages = request.get("messages")
    if unknown := sorted(request.keys() - FIELDS):
        return f"unrecognized request argument: {unknown[0]}"
    if not isinstance(request.get("model"), str) or not request["model"]:
        return "model is required"
    if not isinstance(messages, list) or not messages:
        return "messages is required"
    if not isinstance(request.get("stream_options", {}), dict):
        return "stream_options must be an object"
    for index, message in enumerate(messages):
        if error := _message_error(message):
            return f"messages[{index}]: {error}"
    return (
        _limit_error(request)
        or _sampling_error(request)
        or tool_validation.validation_error(request)
        or _thinking_error(request)
        or _order_error(messages)
    )


def _message_error(message: object) -> str:
    if not isinstance(message, dict):
        return "must be an object"
    if unknown := sorted(message.keys() - MESSAGE_FIELDS):
        return f"unrecognized request argument: {unknown[0]}"
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        return "role must be one of system, user, assistant, tool"
    content = message.get("content")
    if isinstance(content, str):
        return "" if content.strip() else "content is required"
    if not isinstance(content, list) or not content:
        return "content is required"
    return next(filter(None, map(_part_error, content)), "")


def _part_error(part: Any) -> str:
    match part:
        case {"type": "text", "text": str(text), **rest} if not rest:
            return "" if text.strip() else "text content must be non-empty"
        case {"type": "image_url", "image_url": {"url": str(url), **extra}, **rest}:
            if extra or rest:
                return f"unrecognized request argument: {next(iter({**extra, **rest}))}"
            return "" if url else "image_url.url is required"
    return "content parts must be text or image_url"


def _limit_error(request: dict[str, Any]) -> str:
    if all(name in request for name in LIMITS):
        return "max_tokens and max_completion_tokens cannot both be specified"
    for name in LIMITS:
        if not _is_count(request.get(name, 1)):
            return f"{name} must be a positive integer"
    return ""


def _sampling_error(request: dict[str, Any]) -> str:
    if all(name in request for name in SAMPLING):
        return "temperature and top_p cannot both be specified for this model"
    for name in SAMPLING:
        value = request.get(name, 0)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            return f"{name} must be a number from 0 to 1"
    return ""


def _thinking_error(request: dict[str, Any]) -> str:
    thinking = request.get("extended_thinking", {})
    if not isinstance(thinking, dict):
        return "extended_thinking must be an object"
    if unknown := sorted(thinking.keys() - THINKING_FIELDS):
        return f"unrecognized request argument: extended_thinking.{unknown[0]}"
    if not thinking.get("enabled"):
        return ""
    budget: Any = thinking.get("budget_tokens")
    limit = next((request[name] for name in LIMITS if name in request), 0)
    if not _is_count(budget) or budget < MIN_THINKING_BUDGET:
        return f"extended_thinking.budget_tokens must be at least {MIN_THINKING_BUDGET}"
    if budget >= limit:
        return "max_tokens must be greater than extended_thinking.budget_tokens"
    if request.get("temperature", 1) != 1:
        return "temperature may only be set to 1 when extended_thinking is enabled"
    if "top_p" in request:
        return "top_p must be unset when extended_thinking is enabled"
    if request.get("tool_choice", "auto") not in ("auto", "none"):
        return "extended_thinking may not be enabled when tool_choice forces tool use"
    if any(message.get("tool_calls") for message in request["messages"]):
        return "Expected `thinking` or `redacted_thinking`, but found `tool_use`"
    return ""


def _order_error(messages: list[dict[str, Any]]) -> str:
    turns = [message["role"] for message in messages if message["role"] != "system"]
    if not turns or turns[0] != "user":
        return "the conversation must start with a user message"
    if turns[-1] == "assistant":
        return "the conversation must end with a user message: prefill is not supported"
    return ""


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
