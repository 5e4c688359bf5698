"""Estimate the tokens of a request, and exclude the oldest turns and images if they don't fit.

Anthropic publishes no tokenizer and Heroku no way to count, so tokens are estimated: too many
rather than too few, because a refused request costs more than a turn that is excluded early.
A turn here is a user message and everything up to the next one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

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

EXCLUDED_IMAGE = "[An image was left out here.]"

# From Anthropic's guide to vision. With more than 20 images, only smaller ones are accepted.
MAX_IMAGES = 20
MAX_EDGE = 1_568  # pixels; the model scales larger images down to this
PIXELS_PER_TOKEN = 750
MAX_TOKENS_PER_IMAGE = 1_568  # at most

ANSWER_SHARE = 4  # an answer gets a quarter of a small window, however long it may be
TOKENS_PER_MESSAGE = 8  # its role and its borders; counted: 7 or 8 for a message alone
TOKENS_PER_CALL = 40  # the id and the markup of a tool call or its result; a guess
TOKENS_PER_TOOL = 40  # the markup of a definition; a guess
TOKENS_FOR_TOOLS = 346  # Anthropic's figure for its own instructions when there are tools

# Tokens for each byte of UTF-8; the last row that has a byte decides. Chosen on 75 samples with
# counts by Anthropic's API for Claude 4.5 (the accuracy corpus of bpe-lite), so that no kind of
# text comes out far too low. Estimate / count: English prose 1.4, code 1.15, JSON and other
# structure 1.25, Chinese and Japanese 1.2, Arabic 1.1, emoji 1.0, base64 1.15, hexadecimal 1.05,
# Latin (words that are rare in training) 0.9.
TOKENS_BY_BYTE = (
    (0x00, 0x7F, 0.88),  # digits and punctuation
    (0x09, 0x0D, 0.6),  # tabs and ends of lines
    (0x20, 0x20, 0.2),  # a space mostly belongs to the word after it
    (0x41, 0x5A, 1.06),  # A to Z: they begin a word, or are part of a name or of base64
    (0x61, 0x7A, 0.26),  # a to z
    (0x80, 0xBF, 0.0),  # the rest of a character, counted with its first byte
    (0xC0, 0xDF, 0.9),  # accents, Greek, Cyrillic, Hebrew, Arabic
    (0xE0, 0xE1, 2.0),  # the scripts of India and South-East Asia
    (0xE2, 0xE2, 3.6),  # dashes, arrows, mathematics
    (0xE3, 0xE9, 1.2),  # Chinese, Japanese
    (0xEA, 0xEF, 1.6),  # Korean, wide punctuation
    (0xF0, 0xFF, 3.2),  # emoji
)
UNITS_PER_TOKEN = 50  # 255 units, the most that a byte holds, are 5 tokens


def _units_by_byte() -> bytes:
    units = bytearray(256)
    for first, last, tokens in TOKENS_BY_BYTE:
        units[first : last + 1] = bytes([round(tokens * UNITS_PER_TOKEN)]) * (last + 1 - first)
    return bytes(units)


_UNITS = _units_by_byte()


@dataclass(frozen=True, slots=True)
class Fitted:
    """Hold a request that fits. `images_excluded` counts only images of the turns that stayed."""

    request: CompletionRequest
    turns_excluded: int = 0
    images_excluded: int = 0


def estimate_text(text: str) -> int:
    """Return the tokens of `text`; takes about 6 ms for a million characters of English."""
    encoded = text.encode("utf-8", "replace")  # half a surrogate pair counts as "?"
    return math.ceil(sum(encoded.translate(_UNITS)) / UNITS_PER_TOKEN)


def image_tokens(width: int, height: int) -> int:
    """Return the tokens of an image of this size in pixels; 0 is unknown and counts as large."""
    if width <= 0 or height <= 0:
        return MAX_TOKENS_PER_IMAGE
    shrink = min(1.0, MAX_EDGE / max(width, height))
    tokens = math.ceil(width * shrink * height * shrink / PIXELS_PER_TOKEN)
    return min(tokens, MAX_TOKENS_PER_IMAGE)


def estimate(request: CompletionRequest) -> int:
    """Return the tokens of everything that is sent: system text, tools and turns."""
    return _tools_tokens(request.tools) + sum(map(message_tokens, request.messages))


def estimate_messages(messages: Iterable[ChatMessage]) -> int:
    return sum(map(message_tokens, messages))


def room_for_history(request: CompletionRequest, window: int) -> int:
    """Return the tokens of `window` that are left for older messages, beside those of the request
    and its answer."""
    return window - reserved_tokens(request, window) - estimate(request)


def reserved_tokens(request: CompletionRequest, window: int) -> int:
    """Return the tokens to keep free for thinking and answer, in a small window fewer than the
    request asks for."""
    return min(request.max_tokens + (request.thinking_budget or 0), window // ANSWER_SHARE)


def exclude_images(request: CompletionRequest, count: int) -> CompletionRequest:
    """Return the request with a note in place of each of its `count` oldest images."""
    messages = list(request.messages)
    for index, message in enumerate(messages):
        if count <= 0:
            break
        if images := _images_of(message):
            messages[index] = _without_images(message, count)
            count -= len(images)
    changed = tuple(messages)
    return request if changed == request.messages else replace(request, messages=changed)


def fit(
    request: CompletionRequest, window: int, *, scale: float = 1.0, answer: int | None = None
) -> Fitted:
    """Shorten the request so that it and its answer take at most `window` tokens, and that it has
    at most `MAX_IMAGES` images; return the same object when nothing is excluded.

    `scale` (above 0) is the service's count / our estimate, and `answer` the tokens to keep free,
    all that the request asks for when None. The images of old turns are excluded first, then whole
    turns, both oldest first. System text, tools, messages that `stay` and the last turn are kept,
    even when they alone are too many. A turn keeps its tool results, so none loses its call.
    Several user messages in a row are several turns: a message that was too long to be answered
    must not be kept with the next one for ever.
    """
    sizes = [message_tokens(message) for message in request.messages]
    if answer is None:
        answer = request.max_tokens + (request.thinking_budget or 0)
    budget = math.floor((window - answer) / scale)
    excess = _tools_tokens(request.tools) + sum(sizes) - budget
    starts = _turn_starts(request)
    images = _images_to_exclude(request.messages, excess, starts[-1])
    for index, saved in images:
        sizes[index] -= saved
        excess -= saved
    turns = _turns_to_exclude(request.messages, sizes, excess, starts)
    if not images and not turns:
        return Fitted(request)
    first = starts[turns]
    messages = exclude_images(request, len(images)).messages
    kept = tuple(m for i, m in enumerate(messages) if i >= first or m.is_kept)
    images_kept = sum(index >= first for index, _ in images)
    return Fitted(replace(request, messages=kept), turns, images_kept)


def _turn_starts(request: CompletionRequest) -> list[int]:
    """Return the index at which each turn begins.

    Messages before the first user message belong to the first turn, and a request to continue
    belongs to the turn whose answer it continues.
    """
    starts = [i for i, m in enumerate(request.messages) if m.role == "user" and not m.stays]
    if request.is_continuation and len(starts) > 1:
        del starts[-1]
    return [0, *starts[1:]]


def _images_to_exclude(
    messages: tuple[ChatMessage, ...], excess: int, last_turn: int
) -> list[tuple[int, int]]:
    """Return, for each image to exclude, the index of its message and the tokens it saves."""
    note = estimate_text(EXCLUDED_IMAGE)
    images = [
        (index, image_tokens(image.width, image.height) - note)
        for index, message in enumerate(messages)
        for image in _images_of(message)
    ]
    count = max(0, len(images) - MAX_IMAGES)
    excess -= sum(saved for _, saved in images[:count])
    for index, saved in images[count:]:
        if excess <= 0 or index >= last_turn:
            break
        excess -= saved
        count += 1
    return images[:count]


def _turns_to_exclude(
    messages: tuple[ChatMessage, ...], sizes: list[int], excess: int, starts: list[int]
) -> int:
    count = 0
    while excess > 0 and count < len(starts) - 1:
        turn = range(starts[count], starts[count + 1])
        excess -= sum(sizes[index] for index in turn if not messages[index].is_kept)
        count += 1
    return count


def _tools_tokens(tools: tuple[Tool, ...]) -> int:
    if not tools:
        return 0
    return TOKENS_FOR_TOOLS + sum(map(_tool_tokens, tools))


def _tool_tokens(tool: Tool) -> int:
    parameters = json.dumps(tool.parameters, ensure_ascii=False, default=dict)
    return TOKENS_PER_TOOL + estimate_text(tool.name + tool.description + parameters)


def message_tokens(message: ChatMessage) -> int:
    return message.tokens or TOKENS_PER_MESSAGE + sum(map(_part_tokens, message.parts))


def _part_tokens(part: Part) -> int:
    match part:
        case TextPart(text):
            return estimate_text(text)
        case ImagePart(_, width, height):
            return image_tokens(width, height)
        case ToolCallPart(_, name, arguments):
            return TOKENS_PER_CALL + estimate_text(name + arguments)
        case ToolResultPart(_, content):
            return TOKENS_PER_CALL + estimate_text(content)


def _images_of(message: ChatMessage) -> list[ImagePart]:
    return [part for part in message.parts if isinstance(part, ImagePart)]


def _without_images(message: ChatMessage, count: int) -> ChatMessage:
    parts = list(message.parts)
    places = [index for index, part in enumerate(parts) if isinstance(part, ImagePart)]
    for index in places[:count]:
        parts[index] = TextPart(EXCLUDED_IMAGE)
    return replace(message, parts=tuple(parts), tokens=0)
