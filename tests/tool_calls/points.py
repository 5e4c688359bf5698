"""Every point of a tool call at which a process may die, and what must happen then.

At each point something outside the app is paused (`model.py`, `postgres_locks.py`), so the process
is killed exactly there. Then others resume the reply.
"""

import signal
from dataclasses import dataclass
from typing import Literal

type Where = Literal["model", "tool", "write", "end", "table", "nowhere"]


@dataclass(frozen=True, slots=True)
class Point:
    """`calls` are asked for as in `Question`, with `{}` for a name of their own.

    `where` and `at` are who stands still and when; `allow` are calls that the person allows before.
    `left` are the states of the calls that the dead process leaves behind. `asks` is the call about
    which the person is asked then, and `decision` the answer. `runs` is how often each call was
    made at the end, and `ends` how it ended.
    """

    name: str
    calls: str
    where: Where
    at: str
    left: tuple[str, ...]
    runs: tuple[int, ...]
    ends: tuple[str, ...] = ("done",)
    allow: str = ""
    asks: str = ""
    decision: str = "allow"
    how: signal.Signals = signal.SIGKILL

    @property
    def weight(self) -> int:
        """How many threads of the process wait for the database. Where a table is barred, nobody
        else gets anywhere."""
        return {"write": 1, "end": 1, "table": 2}.get(self.where, 0)


LOOK, ACT = "look {}a", "act {}a"

POINTS = [
    Point("the model is still asking for the call", LOOK, "model", "calls {}a 0", (), (1,)),
    Point("a call that reads is being saved", LOOK, "write", "ready {}a", (), (1,)),
    Point(
        "a call that acts is being saved",
        *(ACT, "write", "awaiting_approval {}a", (), (1,)),
        asks="a",
    ),
    Point(
        "the reply waits for approval", ACT, "nowhere", "", ("awaiting_approval",), (1,), asks="a"
    ),
    Point("a call that reads runs", LOOK, "tool", "{}a", ("running",), (2,)),
    Point(
        "the reply is about to wait for approval",
        *(ACT, "end", "waiting", ("awaiting_approval",), (1,)),
        asks="a",
    ),
    Point(
        "the person's decision is being saved",
        *(ACT, "write", "ready {}a", ("awaiting_approval",), (1,)),
        allow="a",
        asks="a",
    ),
    Point(
        "a call that acts runs, and is run again",
        *(ACT, "tool", "{}a", ("running",), (2,)),
        allow="a",
        asks="a",
    ),
    Point(
        "the person's decision is saved, nothing else",
        *(ACT, "end", "streaming", ("ready",), (1,)),
        allow="a",
    ),
    Point("a call that reads is about to run", LOOK, "write", "running {}a", ("ready",), (1,)),
    Point(
        "a call that acts runs, and is not run again",
        *(ACT, "tool", "{}a", ("running",), (1,), ("denied",)),
        allow="a",
        asks="a",
        decision="deny",
    ),
    Point("the model is asked with the result", LOOK, "model", "asked {}a 1", ("done",), (1,)),
    Point(
        "a call that acts is about to run",
        *(ACT, "write", "running {}a", ("ready",), (1,)),
        allow="a",
    ),
    Point(
        "the result of a reading call is being saved", LOOK, "write", "done {}a", ("running",), (2,)
    ),
    Point("the answer streams", LOOK, "model", "half {}a", ("done",), (1,)),
    Point(
        "the second of two rounds reads",
        *("look {}a; look {}b", "tool", "{}b", ("done", "running"), (1, 2), ("done", "done")),
    ),
    Point(
        "the result of an acting call is being saved",
        *(ACT, "write", "done {}a", ("running",), (1,), ("denied",)),
        allow="a",
        asks="a",
        decision="deny",
    ),
    Point("the end of the reply is being saved", LOOK, "end", "complete", ("done",), (1,)),
    Point(
        "the second of two rounds acts",
        *("look {}a; act {}b", "tool", "{}b", ("done", "running"), (1, 2), ("done", "done")),
        allow="b",
        asks="b",
    ),
    Point(
        "one of two calls has ended",
        *("look {}a + look {}b", "tool", "{}b", ("done", "running"), (1, 2), ("done", "done")),
    ),
    Point(
        "one of two calls has ended, the other acts",
        *("look {}a + act {}b", "tool", "{}b", ("done", "running"), (1, 1), ("done", "denied")),
        allow="b",
        asks="b",
        decision="deny",
    ),
    Point(
        "the result is saved, the next request is being built",
        *(LOOK, "table", "mcp_toolsetting", ("done",), (1,)),
    ),
    Point(
        "SIGTERM, and a call that reads takes longer than the process has left",
        *(LOOK, "tool", "{}a", ("running",), (2,)),
        how=signal.SIGTERM,
    ),
    Point(
        "SIGTERM, and a call that acts takes longer than the process has left",
        *(ACT, "tool", "{}a", ("running",), (1,), ("denied",)),
        allow="a",
        asks="a",
        decision="deny",
        how=signal.SIGTERM,
    ),
]
