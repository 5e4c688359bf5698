"""What comes out of a stream of this folder, played whole or cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from chatapp.inference.errors import InferenceError
from chatapp.inference.stream import CompletionParser
from chatapp.inference.types import (
    Delta,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Outcome:
    """`ends` is the finish reason or the class of the error. `tool_calls` are (id, name,
    arguments), the arguments joined."""

    text: str = "Hello"
    ends: str | type[InferenceError] = "stop"
    usage: Usage | None = None
    reasoning: str = ""
    tool_calls: tuple[tuple[str, str, str], ...] = ()


def read(name: str) -> bytes:
    return (FOLDER / f"{name}.sse").read_bytes()


def cut(raw: bytes, places: Iterable[int]) -> list[bytes]:
    """The stream in chunks; places may repeat and lie beyond the end."""
    ordered = [0, *sorted(min(place, len(raw)) for place in places), len(raw)]
    return [raw[a:b] for a, b in pairwise(ordered)]


def replay(chunks: Iterable[bytes]) -> tuple[list[Delta], InferenceError | None]:
    """What the parser hands out, as the client goes through it, and the error at the end."""
    parser = CompletionParser()
    deltas: list[Delta] = []
    try:
        for chunk in chunks:
            deltas += parser.feed(chunk)
            if parser.done:
                break
        for delta in parser.finish():
            deltas.append(delta)
    except InferenceError as error:
        return deltas, error
    return deltas, None


def outcome(deltas: list[Delta], error: InferenceError | None) -> Outcome:
    usages = [delta for delta in deltas if isinstance(delta, Usage)]
    return Outcome(
        text="".join(delta.text for delta in deltas if isinstance(delta, TextDelta)),
        ends=type(error) if error else next(d.reason for d in deltas if isinstance(d, Finished)),
        usage=usages[-1] if usages else None,
        reasoning="".join(d.text for d in deltas if isinstance(d, ReasoningDelta)),
        tool_calls=_calls([d for d in deltas if isinstance(d, ToolCallDelta)]),
    )


def _calls(pieces: list[ToolCallDelta]) -> tuple[tuple[str, str, str], ...]:
    calls: dict[str, tuple[str, str]] = {}
    for piece in pieces:
        call_id = piece.id or next(reversed(calls))
        name, arguments = calls.get(call_id, ("", ""))
        calls[call_id] = (name + piece.name, arguments + piece.arguments)
    return tuple((call_id, *said) for call_id, said in calls.items())
