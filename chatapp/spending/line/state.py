"""The state of a line: who waits, whose calls run, and what was used of the quota.

A line is for one model. Its state is plain data, so that processes can share it as JSON.
"""

import json
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from chatapp.spending.line.window import Window

FORMAT = 1  # of the JSON


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the quota of a minute; None is unknown."""

    requests: int | None = None
    tokens: int | None = None

    def scaled(self, share: float) -> "Limits":
        return Limits(
            self.requests and max(1, int(self.requests * share)),
            self.tokens and max(1, int(self.tokens * share)),
        )


@dataclass(slots=True)
class Entry:
    """A call that waits or runs. Times are in seconds by the clock of the line."""

    id: str
    process: str
    person: str
    urgency: int  # 0 goes first
    asked_at: float  # when the reply was asked for first, Unix time
    tokens_in: int  # estimates
    tokens_out: int
    weight: float = 1.0
    refusals: int = 0  # by the service, with status 429
    granted_at: float = 0.0

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


FIELDS = attrgetter(*Entry.__slots__)


@dataclass(slots=True)
class State:
    window: Window
    waiting: dict[str, Entry] = field(default_factory=dict)
    running: dict[str, Entry] = field(default_factory=dict)
    processes: dict[str, float] = field(default_factory=dict)  # until when each has its lease
    # Virtual time: how much everybody had when the last entry was let through, and where each
    # person is who had more, or who waits.
    virtual: float = 0.0
    tags: dict[str, float] = field(default_factory=dict)
    # What the service reported, which holds over what is configured.
    learned: Limits = Limits()
    learned_until: float = 0.0
    # What others use of the same quota, as the service's headers show.
    foreign: Limits = Limits()
    foreign_until: float = 0.0
    # After a refusal nobody is let through until then, and afterwards one entry as a probe.
    blocked_until: float = 0.0
    strikes: int = 0  # refusals in a row
    probe: str | None = None  # None: not needed; "": wanted; otherwise the id of the entry
    # Of the quota, for a process that can't reach the others.
    share: float = 1.0

    @classmethod
    def empty(cls, seconds: float) -> "State":
        return cls(Window(seconds))

    def to_json(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "uses": self.window.uses,
                "waiting": list(map(FIELDS, self.waiting.values())),
                "running": list(map(FIELDS, self.running.values())),
                "processes": self.processes,
                "virtual": self.virtual,
                "tags": self.tags,
                "learned": (self.learned.requests, self.learned.tokens, self.learned_until),
                "foreign": (self.foreign.requests, self.foreign.tokens, self.foreign_until),
                "block": (self.blocked_until, self.strikes, self.probe),
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str, seconds: float) -> "State":
        """Return the state; an empty one for no text, or for that of another release."""
        read: dict[str, Any] = json.loads(text) if text else {}
        if read.get("format") != FORMAT:
            return cls.empty(seconds)
        *learned, learned_until = read["learned"]
        *foreign, foreign_until = read["foreign"]
        return cls(
            Window(seconds, read["uses"]),
            {entry[0]: Entry(*entry) for entry in read["waiting"]},
            {entry[0]: Entry(*entry) for entry in read["running"]},
            read["processes"],
            read["virtual"],
            read["tags"],
            Limits(*learned),
            learned_until,
            Limits(*foreign),
            foreign_until,
            *read["block"],
        )
