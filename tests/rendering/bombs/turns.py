"""Bombs that are no text: calls of tools and thoughts, as deltas of the wire."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Delta = dict[str, Any]

CALLS = 300  # in one turn
ROUNDS = 8
ARGUMENT_PIECE = 9  # characters
MAX_PIECES = 20_000  # of one turn; of longer arguments the pieces are longer
ANSWER = "That is all."


@dataclass(frozen=True, slots=True)
class TurnBomb:
    """`turn` takes a size in characters and how many rounds of calls were made before."""

    name: str
    turn: Callable[[int, int], Iterator[Delta]]


def calls_once(name: str, calls: Callable[[int], Iterator[Delta]]) -> TurnBomb:
    """Calls in the first turn, a few words in the second."""
    return TurnBomb(name, lambda size, rounds: iter([_text(ANSWER)]) if rounds else calls(size))


def rounds_of_calls(name: str, calls: Callable[[int], Iterator[Delta]]) -> TurnBomb:
    def turn(size: int, rounds: int) -> Iterator[Delta]:
        return calls(size // ROUNDS) if rounds < ROUNDS else iter([_text(ANSWER)])

    return TurnBomb(name, turn)


def without_calls(name: str, said: Callable[[int], Iterator[Delta]]) -> TurnBomb:
    return TurnBomb(name, lambda size, _rounds: said(size))


def _many_calls(tool: str, arguments: Callable[[int], object]) -> Callable[[int], Iterator[Delta]]:
    """As many calls as a model can make in one turn; `arguments` are for a size in characters."""

    def calls(size: int) -> Iterator[Delta]:
        text = json.dumps(arguments(size // CALLS))
        for number in range(CALLS):
            yield from _call(number, tool, text, CALLS)

    return calls


def _one_call(tool: str, arguments: Callable[[int], object]) -> Callable[[int], Iterator[Delta]]:
    return lambda size: _call(0, tool, json.dumps(arguments(size)))


def _call(number: int, tool: str, arguments: str, calls: int = 1) -> Iterator[Delta]:
    """As the service sends it: the name first, then the arguments in pieces."""
    length = max(ARGUMENT_PIECE, len(arguments) * calls // MAX_PIECES)
    first = {"id": f"tooluse_{number}", "type": "function"}
    yield _piece(number, first | {"function": {"name": tool, "arguments": ""}})
    for begin in range(0, len(arguments), length):
        piece = arguments[begin : begin + length]
        yield _piece(number, {"function": {"name": "", "arguments": piece}})


def _piece(number: int, call: Delta) -> Delta:
    return {"tool_calls": [{"index": number, **call}]}


def _name_in_each_piece(size: int) -> Iterator[Delta]:
    """Some servers say id and name again and again."""
    arguments = json.dumps({"expression": "1+" * (size // 2) + "1"})
    length = max(ARGUMENT_PIECE, len(arguments) // MAX_PIECES)
    for begin in range(0, len(arguments), length):
        piece = arguments[begin : begin + length]
        function = {"name": "calculator", "arguments": piece}
        yield _piece(0, {"id": "call_0", "type": "function", "function": function})


def _closing_arguments(size: int) -> Iterator[Delta]:
    """Each piece looks like the end of a call, so that somebody may try to parse all of it."""
    yield _piece(0, {"id": "call_0", "function": {"name": "calculator", "arguments": '{"a": "'}})
    for _ in range(min(size, MAX_PIECES)):
        yield _piece(0, {"id": "call_0", "function": {"name": "calculator", "arguments": "}"}})


def _nested(size: int) -> Sequence[Any]:
    nested: Sequence[Any] = []
    for _ in range(min(size // 2, 900)):
        nested = [nested]
    return nested


def _thoughts(piece: str) -> Callable[[int], Iterator[Delta]]:
    def think(size: int) -> Iterator[Delta]:
        thought = piece * max(1, size // len(piece) // MAX_PIECES)
        for _ in range(max(1, size // len(thought))):
            yield _thought(thought)
        yield _text(ANSWER)

    return think


def _thoughts_and_words(size: int) -> Iterator[Delta]:
    """Each thought is a new one, and each word ends it."""
    for _ in range(min(max(1, size // 10), MAX_PIECES)):
        yield _thought("Hm. ")
        yield _text("Words ")


def _nothing(size: int) -> Iterator[Delta]:
    for _ in range(min(size, MAX_PIECES)):
        yield {"content": ""}
    yield _text(ANSWER)


def _letters(size: int) -> Iterator[Delta]:
    for number in range(min(size, 5 * MAX_PIECES)):
        yield _text("\n\n" if number % 60 == 59 else "a")


def _everything_in_one_delta(size: int) -> Iterator[Delta]:
    yield _text("Some *words* in a `row`.\n\n" * (size // 26))


def _text(text: str) -> Delta:
    return {"content": text}


def _thought(text: str) -> Delta:
    return {"reasoning": {"thinking": text}}


TURNS = (
    calls_once("300 calls of no tool", _many_calls("no_such_tool", lambda n: {"a": "b" * n})),
    calls_once(
        "300 calls of the calculator", _many_calls("calculator", lambda _: {"expression": "1+1"})
    ),
    calls_once(
        "300 calls with long arguments",
        _many_calls("calculator", lambda n: {"expression": "1+" * (n // 2) + "1"}),
    ),
    calls_once(
        "300 calls of a tool that asks", _many_calls("leave_note", lambda n: {"text": "a" * n})
    ),
    rounds_of_calls(
        "rounds of 300 calls", _many_calls("calculator", lambda _: {"expression": "2*3"})
    ),
    rounds_of_calls(
        "rounds of calls with results",
        _many_calls("search_drawer", lambda _: {"words": "<&>", "kilobytes": 3}),
    ),
    calls_once(
        "300 calls with large results",
        _many_calls("search_drawer", lambda _: {"words": "<&>", "kilobytes": 25}),
    ),
    calls_once("one call with long arguments", _one_call("no_such_tool", lambda n: {"a": "b" * n})),
    calls_once(
        "one call with markup in its arguments",
        _one_call("no_such_tool", lambda n: ["<&>"] * (n // 7)),
    ),
    calls_once("one call with nested arguments", _one_call("no_such_tool", _nested)),
    calls_once("one call whose name comes with each piece", _name_in_each_piece),
    calls_once("one call that seems to end with each piece", _closing_arguments),
    without_calls("10,000 thoughts", _thoughts("hm 🤔 ")),
    without_calls("long thoughts", _thoughts("<b>Some</b> *words* of a thought, and a line.\n")),
    without_calls("thoughts and words in turn", _thoughts_and_words),
    without_calls("deltas of nothing", _nothing),
    without_calls("one letter in each delta", _letters),
    without_calls("everything in one delta", _everything_in_one_delta),
)
