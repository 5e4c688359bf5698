"""Assign the streamed pieces of tool calls to their calls, however a server uses ids and indexes.

The service begins each call with an id, and counts content blocks in `index`, which therefore
differs between pieces of one call. Other servers interleave the pieces of several calls and
number them by index alone, repeat id and name in every piece, or send no ids at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from chatapp.server.valid_text import TextJoiner, make_valid

from .tool_arguments import JsonScanner, json_value, object_text
from .types import ToolCallDelta

MAX_CALLS = 64  # in one answer; further calls are dropped


@dataclass(frozen=True, slots=True)
class _Piece:
    """Hold a piece of a call as a server sent it, "" for missing fields.

    A missing index is replaced by the position among the calls of the delta.
    """

    id: str
    index: int
    name: str
    arguments: str


@dataclass(slots=True)
class _Call:
    """Collect one call. `id` is ours and unique in the stream; `server_id` may repeat."""

    id: str
    server_id: str
    indexes: set[int] = field(default_factory=set)
    name: str = ""
    _arguments: list[str] = field(default_factory=list)
    _joiner: TextJoiner = field(default_factory=TextJoiner)
    _scanner: JsonScanner = field(default_factory=JsonScanner)
    _is_object: bool | None = None  # None means unknown

    @property
    def arguments(self) -> str:
        return "".join(self._arguments)

    def add_name(self, name: str) -> str:
        """Return what is new: some servers split a name into pieces, some repeat all of it."""
        new = name[len(self.name) :] if name.startswith(self.name) else name
        self.name += new
        return new

    def add_arguments(self, text: str) -> str:
        new = self._joiner.feed(text)
        if new:
            self._arguments.append(new)
            self._scanner.feed(new)
            self._is_object = None
        return new

    def is_followed_by_new_call_in(self, piece: _Piece) -> bool:
        """Return whether a piece that looks like a part of this call begins another call.

        It does when it has a name, and this call has ended or has another index.
        """
        if not piece.name or bool(piece.id) != bool(self.server_id):
            return False
        is_other_index = piece.index not in self.indexes
        if not self._has_ended:
            return is_other_index and (not piece.id or piece.name != self.name)
        return not self.is_repeated_by(piece) and bool(is_other_index or piece.arguments)

    def is_repeated_by(self, piece: _Piece) -> bool:
        """Return whether `piece` repeats the whole call, as the last message of a stream may."""
        if not piece.arguments or piece.name != self.name or not self._has_ended:
            return False
        return json_value(piece.arguments) == json_value(self.arguments)

    @property
    def _has_ended(self) -> bool:
        # Scanned first and parsed only once: a server may repeat the name in each of many pieces.
        if self._is_object is None and self._scanner.is_complete:
            self._is_object = object_text(self.arguments) is not None
        return bool(self._is_object)


class ToolCalls:
    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def read(self, pieces: Sequence[object]) -> list[ToolCallDelta]:
        """Return the deltas of `pieces`, which are the calls of one delta or message."""
        found = [
            self._read(_piece(piece, place))
            for place, piece in enumerate(pieces)
            if isinstance(piece, dict)
        ]
        return [delta for delta in found if delta]

    def _read(self, piece: _Piece) -> ToolCallDelta | None:
        call = self._find(piece)
        if call and not call.is_followed_by_new_call_in(piece):
            return self._add(call, piece)
        if not piece.id and not piece.name:
            return None  # belongs to no call
        if len(self._calls) == MAX_CALLS:
            return None
        call = _Call(self._free_id(piece.id), piece.id, {piece.index})
        self._calls.append(call)
        name, arguments = call.add_name(piece.name), call.add_arguments(piece.arguments)
        return ToolCallDelta(call.id, name, arguments)

    def _find(self, piece: _Piece) -> _Call | None:
        """Return the call that a piece belongs to, None for a new call."""
        newest_first = self._calls[::-1]
        at_index = next((call for call in newest_first if piece.index in call.indexes), None)
        if not piece.id:
            return at_index or next(iter(newest_first), None)
        known = next((call for call in newest_first if call.server_id == piece.id), None)
        if known or not at_index or at_index.server_id or piece.name not in ("", at_index.name):
            return known
        at_index.server_id = piece.id  # the server sent it late
        return at_index

    def _add(self, call: _Call, piece: _Piece) -> ToolCallDelta | None:
        if call.is_repeated_by(piece):
            return None
        call.indexes.add(piece.index)
        name, arguments = call.add_name(piece.name), call.add_arguments(piece.arguments)
        call_id = "" if call is self._calls[-1] else call.id
        return ToolCallDelta(call_id, name, arguments) if name or arguments else None

    def _free_id(self, given: str) -> str:
        taken = {call.id for call in self._calls}
        numbered = (f"{given or 'call'}_{number}" for number in count(len(taken) + 1))
        return next(free for free in chain([given], numbered) if free and free not in taken)


def _piece(fields: dict[str, Any], place: int) -> _Piece:
    function = fields.get("function")
    if not isinstance(function, dict):
        function = {}
    arguments = function.get("arguments")
    if isinstance(arguments, dict):  # some servers do not write them as text
        arguments = json.dumps(arguments, ensure_ascii=False)
    return _Piece(
        id=_text(fields.get("id")),
        index=index if isinstance(index := fields.get("index"), int) else place,
        name=_text(function.get("name")),
        arguments=arguments if isinstance(arguments, str) else "",
    )


def _text(value: object) -> str:
    return make_valid(value) if isinstance(value, str) else ""
