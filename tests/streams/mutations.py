"""Broken streams out of good ones: the same seed always gives the same stream."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

from chatapp.inference.sse import MAX_EVENT_BYTES

from .expected import EXPECTED
from .outcome import cut, read

MAX_MUTATIONS = 4
MAX_CUTS = 8
BYTE_BY_BYTE_BELOW = 2_000  # bytes of a stream; longer ones are cut in a few places only
HUGE = MAX_EVENT_BYTES + 1
CONTROLS = (b"\n", b"\r", b"\r\n", b"\n\n", b"\x00", b"\x1a", b"\xff", b"\xef\xbb\xbf", b"\xf0\x9f")
LINES = (
    *(b"data: [DONE]\n\n", b"event: done\n", b"event: error\n", b"data:\n", b"data\n", b":\n"),
    *(b"data: null\n\n", b"data: []\n\n", b'data: {"error":"x"}\n\n', b"id: 1\n", b"retry: x\n"),
)
KEYS = (
    *("choices", "delta", "message", "content", "reasoning", "thinking", "tool_calls", "function"),
    *("id", "name", "arguments", "finish_reason", "usage", "prompt_tokens", "error", "code"),
)
TEXTS = (
    *("", " ", "x", "\x00", "\ud83e", "\udda9", "\u2028", "\r\n\n"),
    *("[DONE]", "length", "\ud83e\udda9", '{"error":"y"}'),
)
VALUES: tuple[Any, ...] = (
    *TEXTS,
    *(None, True, False, 0, -1, 10**30, 0.5, float("inf"), float("nan")),
    *([], [None], [[]], [1, "a"], {}, {"error": {}}, {"text": "z"}, [{"text": "t"}]),
)

Mutation = Callable[[random.Random, bytes], bytes]


def mutated(seed: int) -> list[bytes]:
    """The chunks of the broken stream with this number."""
    chance = random.Random(seed)
    raw = _any_stream(chance)
    for _ in range(chance.randint(1, MAX_MUTATIONS)):
        raw = chance.choice(MUTATIONS)(chance, raw)
    if chance.random() < 0.1 and len(raw) < BYTE_BY_BYTE_BELOW:
        return cut(raw, range(len(raw)))
    return cut(raw, [chance.randint(0, len(raw)) for _ in range(chance.randint(0, MAX_CUTS))])


def _any_stream(chance: random.Random) -> bytes:
    return read(chance.choice(list(EXPECTED)))


def _span(chance: random.Random, raw: bytes) -> tuple[int, int]:
    """A short or a long piece of the stream, by its ends."""
    start = chance.randint(0, len(raw))
    length = chance.choice((1, 8, 100, len(raw)))
    return start, min(len(raw), start + chance.randint(0, length))


def flip(chance: random.Random, raw: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 8) if raw else 0):
        changed[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def delete(chance: random.Random, raw: bytes) -> bytes:
    start, end = _span(chance, raw)
    return raw[:start] + raw[end:]


def duplicate(chance: random.Random, raw: bytes) -> bytes:
    start, end = _span(chance, raw)
    return raw[:end] + raw[start:end] * chance.randint(1, 3) + raw[end:]


def splice(chance: random.Random, raw: bytes) -> bytes:
    other = _any_stream(chance)
    return raw[: chance.randint(0, len(raw))] + other[chance.randint(0, len(other)) :]


def truncate(chance: random.Random, raw: bytes) -> bytes:
    return raw[: chance.randint(0, len(raw))]


def insert(chance: random.Random, raw: bytes) -> bytes:
    place = chance.randint(0, len(raw))
    return raw[:place] + chance.choice(CONTROLS) + raw[place:]


def shuffle_lines(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.splitlines(keepends=True)
    lines.insert(chance.randint(0, len(lines)), chance.choice(LINES))
    a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"".join(lines)


def change_json(chance: random.Random, raw: bytes) -> bytes:
    lines = raw.split(b"\n")
    index = chance.randrange(len(lines))
    field, _, data = lines[index].partition(b":")
    try:
        value = json.loads(data)
    except ValueError:
        return raw
    text = json.dumps(_changed(chance, value), ensure_ascii=chance.random() < 0.5)
    lines[index] = field + b": " + text.encode("utf-8", "surrogatepass")
    return b"\n".join(lines)


def _changed(chance: random.Random, value: Any) -> Any:
    """The value with one place in it, at any depth, replaced, removed or added to."""
    return _changed_at(chance, value, chance.choice(list(_places(value))))


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside, as keys and indexes; the empty one is the value itself."""
    yield ()
    inner = enumerate(value) if isinstance(value, list) else ()
    for key, part in value.items() if isinstance(value, dict) else inner:
        for rest in _places(part):
            yield key, *rest


def _changed_at(chance: random.Random, value: Any, place: tuple[Any, ...]) -> Any:
    if place:
        key, *rest = place
        copy = value.copy()
        copy[key] = _changed_at(chance, value[key], tuple(rest))
        if not rest and chance.random() < 0.2:
            del copy[key]
        return copy
    if isinstance(value, dict) and chance.random() < 0.5:
        return value | {chance.choice(KEYS): _any_value(chance)}
    if isinstance(value, str) and chance.random() < 0.5:
        index = chance.randint(0, len(value))
        return value[:index] + chance.choice(TEXTS) + value[index:]
    return _any_value(chance)


def _any_value(chance: random.Random) -> Any:
    match chance.randrange(400):
        case 0:
            return "x" * HUGE
        case 1:
            return json.loads("[" * 500 + "]" * 500)
        case 2 | 3:
            return "long " * 10_000
    return chance.choice(VALUES)


MUTATIONS: tuple[Mutation, ...] = (
    *(flip, delete, duplicate, splice, truncate, insert, shuffle_lines),
    *(change_json,) * 4,
)
