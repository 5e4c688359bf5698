"""The output of one stream: text that may repeat what is saved, and tool calls in pieces."""

from dataclasses import dataclass, field

from chatapp.inference import ToolCallDelta, ToolCallPart
from chatapp.inference.tool_arguments import object_text
from chatapp.inference.types import FinishReason
from chatapp.replies.overlap import OverlapFilter
from chatapp.server.valid_text import make_valid_source


@dataclass(slots=True)
class _PartialCall:
    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    @property
    def whole(self) -> ToolCallPart:
        """Return the call with valid arguments; pieces may split an escape, so not before."""
        return ToolCallPart(self.id, self.name, make_valid_source("".join(self.arguments)))


class TurnBuffer:
    def __init__(self, saved: str) -> None:
        """`saved` is the text of this turn so far."""
        self.overlap = OverlapFilter(saved)
        self._calls: dict[str, _PartialCall] = {}  # by id, in the order in which they began

    def add_call(self, piece: ToolCallDelta) -> None:
        call_id = piece.id or next(reversed(self._calls))
        call = self._calls.setdefault(call_id, _PartialCall(call_id))
        call.name += piece.name
        call.arguments.append(piece.arguments)

    def end(self, reason: FinishReason) -> None:
        """Drop a last call that the token limit interrupted: its arguments are incomplete."""
        if reason == "length" and self.calls and object_text(self.calls[-1].arguments) is None:
            self._calls.popitem()

    @property
    def calls(self) -> list[ToolCallPart]:
        return [call.whole for call in self._calls.values()]
