"""Validate tools, tool calls and tool results like the service."""

from __future__ import annotations

import json
import re
from typing import Any

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
WITHOUT_TOOLS = (
    "The toolConfig field must be defined when using toolUse and toolResult content blocks."
)
CHOICES = frozenset({"none", "auto", "required"})


def validation_error(request: dict[str, Any]) -> str:
    tools = request.get("tools", [])
    if not isinstance(tools, list):
        return "tools must be an array"
    for index, tool in enumerate(tools):
        if error := _tool_error(tool):
            return f"tools[{index}]: {error}"
    choice = request.get("tool_choice", "auto")
    if not isinstance(choice, dict) and not (isinstance(choice, str) and choice in CHOICES):
        return "tool_choice must be none, auto, required or a function"
    if error := _pairing_error(request["messages"]):
        return error
    is_called = any("tool_calls" in message for message in request["messages"])
    return WITHOUT_TOOLS if is_called and not tools else ""


def _tool_error(tool: Any) -> str:
    match tool:
        case {"type": "function", "function": dict(function)}:
            if NAME.fullmatch(str(function.get("name"))):
                return _function_error(function)
    return "must be a function whose name matches [A-Za-z0-9_-]{1,64}"


def _function_error(function: dict[str, Any]) -> str:
    if unknown := sorted(function.keys() - {"name", "description", "parameters"}):
        return f"unrecognized request argument: {unknown[0]}"
    description = function.get("description")
    if not isinstance(description, str) or not description.strip():
        return "description is required"
    parameters = function.get("parameters", {"type": "object"})
    if not isinstance(parameters, dict) or parameters.get("type") != "object":
        return "parameters must be a schema of type object"
    if _holds_schema_address(parameters):
        return "unrecognized request argument: $schema"
    return ""


def _holds_schema_address(schema: Any) -> bool:
    if isinstance(schema, dict):
        return "$schema" in schema or any(map(_holds_schema_address, schema.values()))
    return isinstance(schema, list) and any(map(_holds_schema_address, schema))


def _pairing_error(messages: list[dict[str, Any]]) -> str:
    """Check that each call is followed directly by its result."""
    open_calls: list[str] = []
    for index, message in enumerate(messages):
        if message["role"] == "tool":
            call_id = message.get("tool_call_id")
            if call_id not in open_calls:
                return f"messages[{index}]: no tool call before it has the id {call_id!r}"
            open_calls.remove(call_id)
            if error := _result_error(message["content"]):
                return f"messages[{index}]: {error}"
            continue
        if open_calls:
            return f"messages[{index}]: tool call {open_calls[0]!r} has no result"
        calls = message.get("tool_calls", [])
        if not isinstance(calls, list):
            return f"messages[{index}]: tool_calls must be an array"
        if calls and message["role"] != "assistant":
            return f"messages[{index}]: only the assistant calls tools"
        for call in calls:
            if error := _call_error(call):
                return f"messages[{index}]: {error}"
            open_calls.append(call["id"])
    return f"tool call {open_calls[0]!r} has no result" if open_calls else ""


def _call_error(call: Any) -> str:
    match call:
        case {
            "id": str(call_id),
            "type": "function",
            "function": {"name": str(name), "arguments": str(arguments)},
        } if call_id and NAME.fullmatch(name):
            if isinstance(_json(arguments), dict):
                return ""
            return "arguments must be the text of a JSON object"
    return "tool_calls must hold functions with an id, a name and arguments"


def _result_error(content: Any) -> str:
    # Such content broke the service's own API; clients wrap it in an object.
    if isinstance(content, str) and isinstance(_json(content), list | int | float):
        return "the content of a tool result must not be a JSON array, number or boolean"
    return ""


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
