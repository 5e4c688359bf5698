"""Read a large JSON array item by item.

A streaming parser would hold an item of any size in memory and give up at the first mistake. This
one finds where items begin and end, so that one that is too large or broken is passed over and the
others still arrive.
"""

import json
import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, BinaryIO, NamedTuple

from chatapp.server.valid_text import make_valid_json

BLOCK_BYTES = 256 * 1024
MAX_DEPTH = 400  # of brackets; Python's parser recurses
OUTSIDE = re.compile(rb"[\"\[\]{},]")
INSIDE = re.compile(rb"[\"\\]")
BLANK = b" \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SUSPECT = re.compile(rb"\\u(?:[dD][89a-fA-F]|0000)")
MAX_KEY_BYTES = 1_000
KEY = re.compile(rb'^\s*"(\w+)"\s*:\s*$')


class Problem(StrEnum):
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"


class Item(NamedTuple):
    """An item of the array, or why there is none."""

    value: Any
    problem: Problem | None = None


class Source(NamedTuple):
    """The text of an item, or why there is none. `key` is the name of its list in an object."""

    text: bytes = b""
    problem: Problem | None = None
    key: str = ""


def items(stream: BinaryIO, max_bytes: int) -> Iterator[Item]:
    """Yield the items of the array in a stream, or the object in it as the only item.

    Holds at most `max_bytes` of the text at once. Whatever follows the document is ignored.
    """
    return map(parsed, sources(stream, max_bytes))


def sources(stream: BinaryIO, max_bytes: int, *, of_object: bool = False) -> Iterator[Source]:
    """Yield what `items` does as it is written. With `of_object`, yield the items of all lists in
    an object, and each of its other members as an object."""
    scanner = (_ObjectScanner if of_object else _Scanner)(max_bytes)
    while block := stream.read(BLOCK_BYTES):
        yield from scanner.feed(block)
        if scanner.is_over:
            return
    yield Source(problem=Problem.TRUNCATED if scanner.has_begun else Problem.NOT_JSON)


def parsed(source: Source) -> Item:
    if source.problem:
        return Item(None, source.problem)
    try:
        value = json.loads(source.text)
        # Halves of characters can't be stored or hashed.
        return Item(make_valid_json(value) if SUSPECT.search(source.text) else value)
    except ValueError:  # a number with too many digits, or letters that are no UTF-8, too
        return Item(None, Problem.NOT_JSON)


class _Scanner:
    """Split a document at the commas of its outermost array."""

    def __init__(self, max_bytes: int) -> None:
        self.has_begun = self.is_over = False
        self._max_bytes = max_bytes
        self._is_array = False
        self._depth = self._deepest = 0
        self._in_string = self._is_escaped = False
        self._item = bytearray()
        self._size = 0  # of the item, with what isn't kept

    def feed(self, block: bytes) -> Iterator[Source]:
        if not self.has_begun and not (block := block.removeprefix(BYTE_ORDER_MARK).lstrip(BLANK)):
            return
        if not self.has_begun:
            self.has_begun, self._is_array = True, block.startswith(b"[")
            if not block.startswith((b"[", b"{")):
                self.is_over = True
                yield Source(problem=Problem.NOT_JSON)
                return
        kept = place = 0
        while not self.is_over and (found := self._find(block, place)):
            place = found.end()
            self._enter(found.group())
            if self._is_border(found.group()):
                yield from self._end(block[kept : self._last(found)], found.group())
                kept = place
        self._keep(block[kept:])

    def _is_border(self, token: bytes) -> bool:
        """Return whether an item begins or ends at a bracket or comma, and note the end of all."""
        self.is_over = self._depth == 0
        return self.is_over or (self._is_array and self._depth == 1 and token in b"[,")

    def _last(self, found: re.Match[bytes]) -> int:
        """Return where an item ends: an object has its bracket."""
        return found.start() if self._is_array else found.end()

    def _find(self, block: bytes, place: int) -> re.Match[bytes] | None:
        """Return the next bracket or comma outside strings, from a place on."""
        while not self._in_string or (place := self._leave_string(block, place)):
            found = OUTSIDE.search(block, place)
            if not found or found.group() != b'"':
                return found
            self._in_string, place = True, found.end()
        return None

    def _leave_string(self, block: bytes, place: int) -> int:
        """Return the place after the end of a string; 0 when it is in a later block."""
        while True:
            if self._is_escaped:
                if place == len(block):
                    return 0
                self._is_escaped, place = False, place + 1
            if not (found := INSIDE.search(block, place)):
                return 0
            place = found.end()
            self._is_escaped = found.group() != b'"'
            if not self._is_escaped:
                self._in_string = False
                return place

    def _enter(self, token: bytes) -> None:
        self._depth += (token in b"[{") - (token in b"]}")
        self._deepest = max(self._deepest, self._depth)

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= self._max_bytes:
            self._item += piece
        else:
            self._item.clear()

    def _end(self, piece: bytes, token: bytes) -> Iterator[Source]:
        self._keep(piece)
        item, size, deepest = bytes(self._item), self._size, self._deepest
        self._item.clear()
        self._size, self._deepest = 0, self._depth
        if size > self._max_bytes:
            yield Source(problem=Problem.TOO_LARGE)
        elif item.strip(BLANK):
            yield from self._taken(item, token, is_deep=deepest > MAX_DEPTH)

    def _taken(self, item: bytes, _token: bytes, *, is_deep: bool) -> Iterator[Source]:
        yield Source(problem=Problem.NOT_JSON) if is_deep else Source(item)


class _ObjectScanner(_Scanner):
    """Split an object at its commas, and at those of the lists in it."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes)
        self._key = ""  # of the list

    def _is_border(self, token: bytes) -> bool:
        self.is_over = self._depth == 0
        place = self._depth, token
        is_member = place in ((1, b"{"), (1, b","))
        is_list = place in ((2, b","), (1, b"]")) if self._key else place == (2, b"[")
        return self.is_over or is_member or is_list

    def _last(self, found: re.Match[bytes]) -> int:
        return found.start()

    def _end(self, piece: bytes, token: bytes) -> Iterator[Source]:
        yield from super()._end(piece, token)
        if (self._depth, token) == (1, b"]"):
            self._key = ""

    def _taken(self, item: bytes, token: bytes, *, is_deep: bool) -> Iterator[Source]:
        key, name = self._key, KEY.match(item[:MAX_KEY_BYTES])
        if self._depth == 2 and token == b"[" and not key:
            self._key = name.group(1).decode() if name else "-"
            return
        if is_deep:
            yield Source(problem=Problem.NOT_JSON, key=key)
        else:
            yield Source(item if key else b"{" + item + b"}", key=key)
