"""What one stream says: text that may repeat what is there, and calls that come in pieces."""

from chatapp.conversations.seam import Seam
from chatapp.inference import ToolCall, ToolCallDelta


class Hearing:
    def __init__(self, saved: str) -> None:
        """`saved` is what this turn of the model has come to already."""
        self.seam = Seam(saved)
        self._calls: list[ToolCall] = []

    def note_call(self, piece: ToolCallDelta) -> None:
        if piece.id:
            self._calls.append(ToolCall(piece.id, piece.name, piece.arguments))
        elif self._calls:
            begun = self._calls[-1]
            whole = ToolCall(begun.id, begun.name, begun.arguments + piece.arguments)
            self._calls[-1] = whole

    @property
    def calls(self) -> list[ToolCall]:
        return list(self._calls)
