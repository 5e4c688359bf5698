"""Write tool calls as plain text, for requests that offer no tools.

The API behind the service refuses calls and results in the history of a request without tools
("The toolConfig field must be defined when using toolUse and toolResult content blocks"), and
some models accept no tools at all.
"""

from __future__ import annotations

from dataclasses import replace

from .types import ChatMessage, CompletionRequest, Part, TextPart, ToolCallPart, ToolResultPart

CALLED = "[Called the tool {name} with {arguments}]"
RETURNED = "[The tool {name} returned: {result}]"
UNNAMED = "that was called"


def has_calls(request: CompletionRequest) -> bool:
    return any(isinstance(part, ToolCallPart) for m in request.messages for part in m.parts)


def spell_out_calls(request: CompletionRequest) -> CompletionRequest:
    """Return the same conversation without tools: calls become text of the assistant, results
    text of the user."""
    names: dict[str, str] = {}
    messages = tuple(_spell_out(message, names) for message in request.messages)
    return replace(request, tools=(), may_call=True, messages=messages)


def _spell_out(message: ChatMessage, names: dict[str, str]) -> ChatMessage:
    role = "user" if message.role == "tool" else message.role
    parts = tuple(_as_text(part, names) for part in message.parts)
    return replace(message, role=role, parts=parts, tokens=0)


def _as_text(part: Part, names: dict[str, str]) -> Part:
    """Return the part as text; `names` has the names of the calls so far, by id."""
    match part:
        case ToolCallPart(call_id, name, arguments):
            names[call_id] = name
            return TextPart(CALLED.format(name=name, arguments=arguments or "{}"))
        case ToolResultPart(call_id, content):
            return TextPart(RETURNED.format(name=names.get(call_id, UNNAMED), result=content))
    return part
