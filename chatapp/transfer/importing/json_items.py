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

BLOCK_BYTES = 256 * 1024
MAX_DEPTH = 400  # of brackets; Python's parser recurses
OUTSIDE = re.compile(rb"[\"\[\]{},]")
INSIDE = re.compile(rb"[\"\\]")
BLANK = b" \t\r\n"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Problem(StrEnum):
    NOT_JSON = "not_json"
    TOO_LARGE = "too_large"
    TRUNCATED = "truncated"


class Item(NamedTuple):
    """An item of the array, or why there is none."""

    value: Any
    problem: Problem | None = None


def items(stream: BinaryIO, max_bytes: int) -> Iterator[Item]:
    """Yield the items of the array in a stream, or the object in it as the only item.

    Holds at most `max_bytes` of the text at once. Whatever follows the document is ignored.
    """
    scanner = _Scanner(max_bytes)
    while block := stream.read(BLOCK_BYTES):
        yield from scanner.feed(block)
        if scanner.is_over:
            return
    yield Item(None, Problem.TRUNCATED if scanner.has_begun else Problem.NOT_JSON)


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

    def feed(self, block: bytes) -> Iterator[Item]:
        if not self.has_begun and not (block := block.removeprefix(BYTE_ORDER_MARK).lstrip(BLANK)):
            return
        if not self.has_begun:
            self.has_begun, self._is_array = True, block.startswith(b"[")
            if not block.startswith((b"[", b"{")):
                self.is_over = True
                yield Item(None, Problem.NOT_JSON)
                return
        kept = place = 0
        while found := self._find(block, place):
            token, place = found.group(), found.end()
            self._enter(token)
            is_outermost = self._is_array and self._depth == 1
            if token == b"[" and is_outermost:
                kept = place
            elif token == b"," and is_outermost:
                yield from self._end(block[kept : place - 1])
                kept = place
            elif token in b"]}" and self._depth == 0:
                self.is_over = True
                yield from self._end(block[kept : place - 1 if self._is_array else place])
                return
        self._keep(block[kept:])

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

    def _end(self, piece: bytes) -> Iterator[Item]:
        self._keep(piece)
        item, size, deepest = bytes(self._item), self._size, self._deepest
        self._item.clear()
        self._size, self._deepest = 0, self._depth
        if size > self._max_bytes:
            yield Item(None, Problem.TOO_LARGE)
        elif item.strip(BLANK):
            yield _parsed(item, deepest)


def _parsed(item: bytes, deepest: int) -> Item:
    if deepest > MAX_DEPTH:
        return Item(None, Problem.NOT_JSON)
    try:
        return Item(json.loads(item))
    except ValueError:  # a number with too many digits, or letters that are no UTF-8, too
        return Item(None, Problem.NOT_JSON)
