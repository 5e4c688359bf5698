"""Pieces of tool calls as they stream, told apart whatever a server makes of ids and indexes.

The service opens each call with an id and counts its content blocks in `index`, which therefore
differs between pieces of one call. Others send the pieces of several calls in turn and tell them
apart by index alone, repeat id and name in every piece, or give no ids at all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from chatapp.server.valid_text import TextJoiner, make_valid

from .arguments import Brackets, json_value, object_in
from .types import ToolCallDelta

MAX_CALLS = 64  # in one answer; what a model asks for beyond that is dropped


@dataclass(frozen=True, slots=True)
class _Piece:
    """What a server says of a call; "" for what it leaves out. Without an index the place among
    the calls of one delta stands for it."""

    id: str
    index: int
    name: str
    arguments: str


@dataclass(slots=True)
class _Call:
    """`id` is ours, no other call of the stream has it; `given_id` is the server's."""

    id: str
    given_id: str
    indexes: set[int] = field(default_factory=set)
    name: str = ""
    _heard: list[str] = field(default_factory=list)
    _joiner: TextJoiner = field(default_factory=TextJoiner)
    _brackets: Brackets = field(default_factory=Brackets)
    _is_object: bool | None = None  # None: not known

    @property
    def arguments(self) -> str:
        return "".join(self._heard)

    def add_name(self, name: str) -> str:
        """Gives what is new: some servers cut a name in pieces, some say all of it again."""
        new = name[len(self.name) :] if name.startswith(self.name) else name
        self.name += new
        return new

    def add_arguments(self, text: str) -> str:
        new = self._joiner.feed(text)
        if new:
            self._heard.append(new)
            self._brackets.feed(new)
            self._is_object = None
        return new

    def is_begun_anew_by(self, piece: _Piece) -> bool:
        """Whether a piece that seems to be of this call begins another: one that has a name, where
        this call has ended or stands in another place."""
        if not piece.name or bool(piece.id) != bool(self.given_id):
            return False
        elsewhere = piece.index not in self.indexes
        if not self._has_ended:
            return elsewhere and (not piece.id or piece.name != self.name)
        return not self.is_said_again_by(piece) and bool(elsewhere or piece.arguments)

    def is_said_again_by(self, piece: _Piece) -> bool:
        """Whether it is a copy of the whole call, as in a message at the end of a stream."""
        if not piece.arguments or piece.name != self.name or not self._has_ended:
            return False
        return json_value(piece.arguments) == json_value(self.arguments)

    @property
    def _has_ended(self) -> bool:
        # Counted before it is parsed, once: a server may say the name in each of many pieces.
        if self._is_object is None and self._brackets.are_closed:
            self._is_object = object_in(self.arguments) is not None
        return bool(self._is_object)


class ToolCalls:
    def __init__(self) -> None:
        self._calls: list[_Call] = []

    def read(self, pieces: Sequence[object]) -> list[ToolCallDelta]:
        """`pieces` are the calls of one delta or message."""
        found = [
            self._read(_piece(piece, place))
            for place, piece in enumerate(pieces)
            if isinstance(piece, dict)
        ]
        return [delta for delta in found if delta]

    def _read(self, piece: _Piece) -> ToolCallDelta | None:
        call = self._find(piece)
        if call and not call.is_begun_anew_by(piece):
            return self._add(call, piece)
        if not piece.id and not piece.name:
            return None  # a piece of nothing
        if len(self._calls) == MAX_CALLS:
            return None
        call = _Call(self._free_id(piece.id), piece.id, {piece.index})
        self._calls.append(call)
        name, arguments = call.add_name(piece.name), call.add_arguments(piece.arguments)
        return ToolCallDelta(call.id, name, arguments)

    def _find(self, piece: _Piece) -> _Call | None:
        """The call that a piece belongs to, if not to a new one."""
        newest_first = self._calls[::-1]
        at_index = next((call for call in newest_first if piece.index in call.indexes), None)
        if not piece.id:
            return at_index or next(iter(newest_first), None)
        known = next((call for call in newest_first if call.given_id == piece.id), None)
        if known or not at_index or at_index.given_id or piece.name not in ("", at_index.name):
            return known
        at_index.given_id = piece.id  # it comes late
        return at_index

    def _add(self, call: _Call, piece: _Piece) -> ToolCallDelta | None:
        if call.is_said_again_by(piece):
            return None
        call.indexes.add(piece.index)
        name, arguments = call.add_name(piece.name), call.add_arguments(piece.arguments)
        call_id = "" if call is self._calls[-1] else call.id
        return ToolCallDelta(call_id, name, arguments) if name or arguments else None

    def _free_id(self, given: str) -> str:
        taken = {call.id for call in self._calls}
        numbered = (f"{given or 'call'}_{number}" for number in count(len(taken) + 1))
        return next(free for free in chain([given], numbered) if free and free not in taken)


def _piece(said: dict[str, Any], place: int) -> _Piece:
    function = said.get("function")
    if not isinstance(function, dict):
        function = {}
    arguments = function.get("arguments")
    if isinstance(arguments, dict):  # some servers do not write them as text
        arguments = json.dumps(arguments, ensure_ascii=False)
    return _Piece(
        id=_text(said.get("id")),
        index=index if isinstance(index := said.get("index"), int) else place,
        name=_text(function.get("name")),
        arguments=arguments if isinstance(arguments, str) else "",
    )


def _text(value: object) -> str:
    return make_valid(value) if isinstance(value, str) else ""
