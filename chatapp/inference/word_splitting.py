"""Calls of tools as plain text, for requests that offer no tools.

Behind the service stands an API that refuses calls and results in the history of a request without
tools ("The toolConfig field must be defined when using toolUse and toolResult content blocks"), and
some models take no tools at all.
"""

from __future__ import annotations

from dataclasses import replace

from .types import ChatMessage, CompletionRequest, Part, TextPart, ToolCallPart, ToolResultPart

CALLED = "[Called the tool {name} with {arguments}]"
GAVE = "[The tool {name} gave: {result}]"
UNNAMED = "that was called"


def has_calls(request: CompletionRequest) -> bool:
    return any(isinstance(part, ToolCallPart) for m in request.messages for part in m.parts)


def spell_out_calls(request: CompletionRequest) -> CompletionRequest:
    """The same conversation without tools: what was called and what came of it is told in words,
    calls by the assistant and results by the user."""
    names: dict[str, str] = {}
    messages = tuple(_spelt(message, names) for message in request.messages)
    return replace(request, tools=(), may_call=True, messages=messages)


def _spelt(message: ChatMessage, names: dict[str, str]) -> ChatMessage:
    role = "user" if message.role == "tool" else message.role
    return ChatMessage(role, tuple(_words(part, names) for part in message.parts))


def _words(part: Part, names: dict[str, str]) -> Part:
    """`names` are those of the calls so far, by id; an id may come again later for another."""
    match part:
        case ToolCallPart(call_id, name, arguments):
            names[call_id] = name
            return TextPart(CALLED.format(name=name, arguments=arguments or "{}"))
        case ToolResultPart(call_id, content):
            return TextPart(GAVE.format(name=names.get(call_id, UNNAMED), result=content))
    return part
