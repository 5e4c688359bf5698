"""The body of a request, by the rules that the service documents or that its clients ran into.

Content must not be empty; system text comes first, then turns of user and assistant alternate,
beginning and ending with the user. `temperature` and `top_p` are never sent: the models refuse
the pair, and unknown fields are refused altogether.
"""

from __future__ import annotations

import json

from .errors import RequestRefused
from .types import ChatMessage, CompletionRequest, ImagePart, Role, TextPart

# JSON escapes mean the same and hide markup from the web firewall in front of the service.
ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def encode(request: CompletionRequest) -> bytes:
    """JSON for `POST /v1/chat/completions`. Raises RequestRefused when nothing is left to send."""
    body = {
        "model": request.model,
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": request.max_tokens,
        "messages": [_message(message) for message in _arrange(request.messages)],
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    for character, escape in ESCAPES.items():
        text = text.replace(character, escape)
    # Half a surrogate pair can be typed and stored, but not be encoded.
    return text.encode("utf-8", "replace")


def _arrange(messages: tuple[ChatMessage, ...]) -> list[ChatMessage]:
    cleaned = [message for message in map(_without_empty_parts, messages) if message.parts]
    system = _merge_neighbours([message for message in cleaned if message.role == "system"])
    turns = [message for message in cleaned if message.role != "system"]
    while turns and turns[0].role != "user":
        del turns[0]
    while turns and turns[-1].role != "user":
        del turns[-1]
    if not turns:
        raise RequestRefused("There is nothing to send. Write a message.")
    return system + _merge_neighbours(turns)


def _without_empty_parts(message: ChatMessage) -> ChatMessage:
    return ChatMessage(
        message.role, tuple(part for part in message.parts if _is_sendable(part, message.role))
    )


def _is_sendable(part: TextPart | ImagePart, role: Role) -> bool:
    if isinstance(part, ImagePart):
        return role == "user"
    return bool(part.text.strip())


def _merge_neighbours(messages: list[ChatMessage]) -> list[ChatMessage]:
    merged: list[ChatMessage] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = ChatMessage(message.role, merged[-1].parts + message.parts)
        else:
            merged.append(message)
    return merged


def _message(message: ChatMessage) -> dict[str, object]:
    images = [part for part in message.parts if isinstance(part, ImagePart)]
    content: str | list[dict[str, object]] = message.text
    if images:
        content = [{"type": "image_url", "image_url": {"url": image.url}} for image in images]
        if message.text:
            content.append({"type": "text", "text": message.text})
    return {"role": message.role, "content": content}
