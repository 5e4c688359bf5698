"""Pieces of tool calls as they stream."""

from __future__ import annotations

import json
from typing import Any

from .text import WholeText, whole
from .types import ToolCallDelta


class ToolCalls:
    """Tells where a call begins. The id decides: the service counts its content blocks in `index`,
    which therefore differs between pieces of one call, and other servers leave it out."""

    def __init__(self) -> None:
        self._id = ""
        self._arguments = WholeText()

    def read(self, call: dict[str, Any]) -> ToolCallDelta:
        function = call.get("function")
        if not isinstance(function, dict):
            function = {}
        call_id = _text(call.get("id"))
        if call_id and call_id != self._id:
            self._id = call_id
            self._arguments = WholeText()
            name = _text(function.get("name"))
        else:  # some servers repeat id and name in every piece
            call_id = name = ""
        arguments = function.get("arguments")
        if isinstance(arguments, dict):  # some servers do not write them as text
            arguments = json.dumps(arguments, ensure_ascii=False)
        if not isinstance(arguments, str):
            arguments = ""
        return ToolCallDelta(call_id, name, self._arguments.feed(arguments))


def _text(value: object) -> str:
    return whole(value) if isinstance(value, str) else ""
