"""What one stream says: text that may repeat what is there, and calls that come in pieces."""

from dataclasses import dataclass, field

from chatapp.inference import ToolCallDelta, ToolCallPart
from chatapp.inference.tool_arguments import object_text
from chatapp.inference.types import FinishReason
from chatapp.replies.overlap import OverlapFilter
from chatapp.server.valid_text import make_valid_source


@dataclass(slots=True)
class _Call:
    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)

    @property
    def whole(self) -> ToolCallPart:
        """Return the call with valid arguments: pieces may cut an escape, so it is judged here."""
        return ToolCallPart(self.id, self.name, make_valid_source("".join(self.arguments)))


class TurnBuffer:
    def __init__(self, saved: str) -> None:
        """`saved` is what this turn of the model has come to already."""
        self.overlap = OverlapFilter(saved)
        self._calls: dict[str, _Call] = {}  # by id, in the order in which they began

    def note_call(self, piece: ToolCallDelta) -> None:
        call_id = piece.id or next(reversed(self._calls))
        call = self._calls.setdefault(call_id, _Call(call_id))
        call.name += piece.name
        call.arguments.append(piece.arguments)

    def end(self, reason: FinishReason) -> None:
        """A last call that the limit cut off is forgotten: nobody knows what it was to be."""
        if reason == "length" and self.calls and object_text(self.calls[-1].arguments) is None:
            self._calls.popitem()

    @property
    def calls(self) -> list[ToolCallPart]:
        return [call.whole for call in self._calls.values()]
