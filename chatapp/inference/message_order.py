"""Arrange messages by the rules of the service: a request that breaks one is refused with 400.

System text comes first, in one message. Then a user message begins, neighbours of one role are
one message, every tool call is followed by exactly one result, and a user message or a result is
last. The rules are documented, or clients of the service met them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, count, takewhile

from chatapp.server.valid_text import make_valid

from .errors import RequestRefused
from .tool_arguments import json_value, object_text
from .translation import gettext_noop as _
from .types import ChatMessage, ImagePart, Part, Role, TextPart, ToolCallPart, ToolResultPart

NO_RESULT = "There is no result: the call was not run."
EMPTY_RESULT = "The tool returned nothing."

PARTS_BY_ROLE: dict[Role, tuple[type[Part], ...]] = {
    "system": (TextPart,),
    "user": (TextPart, ImagePart),
    "assistant": (TextPart, ToolCallPart),
    "tool": (ToolResultPart,),
}
# Bedrock's rule for ids of calls; a conversation may contain ids of another service.
NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_-]")
MAX_ID_CHARACTERS = 64
# Such tags in the history led to a 500, so their angle brackets become square ones: the model
# still sees where its thoughts were, and no parser takes them for its own.
THINKING_TAG = re.compile(r"<(/?(?:\w+:)?(?:reasoning|thinking)\b[^<>]*)>", re.IGNORECASE)


def arrange(messages: tuple[ChatMessage, ...]) -> list[ChatMessage]:
    """Return the messages as they may be sent, each of role "tool" with one result.

    Raises RequestRefused when nothing is left to send.
    """
    cleaned = [message for message in map(_clean, messages) if message.parts]
    system = _merge_neighbours([message for message in cleaned if message.role == "system"])
    turns = _merge_neighbours([message for message in cleaned if message.role != "system"])
    # A result without its call is dropped here, which may make two user messages neighbours.
    turns = _merge_neighbours(_with_results(turns))
    while turns and turns[0].role != "user":
        del turns[0]
    while turns and turns[-1].role == "assistant":
        del turns[-1]
    if not turns:
        raise RequestRefused(_("There is nothing to send. Write a message."))
    return system + turns


def _clean(message: ChatMessage) -> ChatMessage:
    allowed = PARTS_BY_ROLE[message.role]
    parts = [part for part in message.parts if isinstance(part, allowed) and not _is_empty(part)]
    if message.role == "assistant":
        parts = [_without_tags(part) for part in parts]
    cleaned = tuple(parts)
    # Nearly every message of a long conversation stays as it is.
    return message if cleaned == message.parts else ChatMessage(message.role, cleaned)


def _is_empty(part: Part) -> bool:
    match part:
        case TextPart(text):
            return not make_valid(text).strip()
        case ImagePart(url):
            return not url
        case ToolCallPart(call_id) | ToolResultPart(call_id):
            return not call_id


def _without_tags(part: Part) -> Part:
    if isinstance(part, TextPart) and "<" in part.text:
        return TextPart(THINKING_TAG.sub(r"[\1]", part.text))
    return part


def _merge_neighbours(messages: list[ChatMessage]) -> list[ChatMessage]:
    merged: list[ChatMessage] = []
    for message in messages:
        if merged and merged[-1].role == message.role != "tool":
            merged[-1] = ChatMessage(message.role, merged[-1].parts + message.parts)
        else:
            merged.append(message)
    return merged


def _with_results(turns: list[ChatMessage]) -> list[ChatMessage]:
    arranged: list[ChatMessage] = []
    taken: set[str] = set()
    for index, turn in enumerate(turns):
        if turn.role == "tool":
            continue  # was added behind its call
        calls: dict[str, ToolCallPart] = {}
        for part in turn.parts:
            if isinstance(part, ToolCallPart):
                calls.setdefault(part.id, part)
        if not calls:
            arranged.append(turn)
            continue
        other = (part for part in turn.parts if not isinstance(part, ToolCallPart))
        named = {call_id: _free_id(call_id, taken) for call_id in calls}
        sendable = (replace(call, id=named[call_id]) for call_id, call in calls.items())
        arranged.append(ChatMessage(turn.role, (*other, *sendable)))
        results = _results_after(turns, index)
        for call_id in calls:
            content = sendable_result(results.get(call_id, NO_RESULT))
            arranged.append(ChatMessage("tool", (ToolResultPart(named[call_id], content),)))
    return arranged


def _free_id(call_id: str, taken: set[str]) -> str:
    """Return a valid id that is unique in the request.

    Servers that number their calls start again with each answer. The same calls always get the
    same ids.
    """
    plain = NOT_IN_IDS.sub("_", call_id)
    numbered = (f"{plain[: MAX_ID_CHARACTERS - 8]}_{number}" for number in count(2))
    ids = chain([plain[:MAX_ID_CHARACTERS]], numbered)
    free = next(candidate for candidate in ids if candidate not in taken)
    taken.add(free)
    return free


def _results_after(turns: list[ChatMessage], index: int) -> dict[str, str]:
    following = (turns[i] for i in range(index + 1, len(turns)))
    results: dict[str, str] = {}
    for turn in takewhile(lambda turn: turn.role == "tool", following):
        for part in turn.parts:
            if isinstance(part, ToolResultPart):
                results.setdefault(part.call_id, part.content)
    return results


def sendable_result(content: str) -> str:
    """Return a result as text that is not empty, or as a JSON object: other JSON led to errors."""
    if not make_valid(content).strip():
        return EMPTY_RESULT
    value = json_value(content)
    if isinstance(value, list | float | bool) or (value is None and content.strip() == "null"):
        return f'{{"result":{content.strip()}}}'
    return content


def sendable_arguments(arguments: str) -> str:
    """Return the arguments as a JSON object; anything else counts as no arguments."""
    return object_text(arguments) or "{}"
