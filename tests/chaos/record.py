"""Record for the checker who sent, saw and asked for what, and what was broken when.

Times are seconds of CLOCK_MONOTONIC, which all processes of a machine share.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Literal

from tests.servers.model import ToolRun

type Outcome = Literal["", "complete", "hung up", "cut", "refused 429", "refused 500"]


@dataclass(slots=True)
class Sent:
    """A message that a page sent, perhaps several times under its one client id."""

    client_id: str
    conversation: str
    run: str
    text: str
    words: int  # of the known answer
    answer: Literal["", "accepted", "refused"] = ""


@dataclass(slots=True)
class Act:
    """What a person did about a reply; `seen` is the number of words that the page showed then."""

    kind: Literal["stop", "retry", "continue", "regenerate"]
    run: str
    reply: str
    at: float
    seen: int = 0


@dataclass(slots=True)
class Fault:
    """A fault; `hit` lists the replies, with their attempts, that a killed process was making."""

    kind: str
    at: float
    until: float
    detail: str = ""
    hit: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class ModelRequest:
    """A request to the model. `given` counts the characters after which it goes on, and `known`
    says whether those were the beginning of the known answer."""

    run: str
    start: float
    given: int
    known: bool
    end: float | None = None
    outcome: Outcome = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a call: a page of this attempt asked whether it may be made, or,
    `about` an unknown end, whether it may be made again."""

    tool_call: str
    attempt: int
    about: Literal["awaiting_approval", "unknown"]
    decision: Literal["allow", "always", "deny"]


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the database, after `text_length` characters of its reply; `number` is that of the
    ToolRun whose result was saved."""

    id: str
    reply: str
    name: str
    what: str
    state: str
    number: int | None
    text_length: int = 0


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A call in the ledger: `tokens` in and out together, `committed` in micro-dollars; `cost` is
    what of it the model has a price for."""

    reply: str | None
    person: str | None  # hexadecimal, as budgets name people
    purpose: str
    state: str
    tokens: int
    committed: int
    day: str
    cost: int = 0
    is_estimated: bool = False
    is_summed: bool = True


@dataclass(frozen=True, slots=True)
class Copy:
    """A conversation that branched off after a message, or after the reply to it."""

    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a page shows it; `html` is that of the text alone, `calls` are the states of
    what tools were asked for."""

    id: str
    role: str
    status: str
    attempt: int
    html: str
    calls: tuple[str, ...] = ()


@dataclass(slots=True)
class View:
    page: str
    conversation: str
    shown: list[Shown]


@dataclass(slots=True)
class Row:
    """A message in the database."""

    id: str
    conversation: str
    parent: str | None
    position: int
    on_branch: bool
    role: str
    status: str
    text: str
    error: str = ""
    attempt: int = 0
    client_id: str | None = None
    deleted: bool = False
    tokens: int = 0  # in and out together, as the reply's row has them
    owner: str = ""
    created_at: float = 0.0  # Unix time


@dataclass(slots=True)
class Record:
    sent: list[Sent] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    requests: list[ModelRequest] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    browsed: int = 0  # conversations that a real browser read along
    rows: list[Row] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)  # of versions, by their kinds
    copies: list[Copy] = field(default_factory=list)
    deletions: dict[str, bool] = field(default_factory=dict)  # version: whether it stayed deleted
    tool_runs: list[ToolRun] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    model_calls: list[ModelCall] = field(default_factory=list)
    budgets: dict[str, int] = field(default_factory=dict)  # micro-dollars by key
    day_sums: tuple[int, int] = (0, 0)  # calls and micro-dollars of all days
    committed: list[int] = field(default_factory=list)  # micro-dollars of who has a small cap
    # Of each reply the first moment at which any page showed text of an attempt, and each moment
    # at which a page saw it end.
    attempts: defaultdict[str, dict[int, float]] = field(default_factory=lambda: defaultdict(dict))
    ends: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    complaints: list[str] = field(default_factory=list)  # what went wrong before the checker came
    begin: float = 0.0
    begin_unix: float = 0.0  # the same instant, in Unix time
    over: float = float("inf")  # since then nobody begins a conversation
    end: float = 0.0
    is_at_rest: bool = True  # no reply runs any more

    @property
    def counts(self) -> Counter[str]:
        """How often each fault happened."""
        model = Counter(
            "model stream cut" if request.outcome == "cut" else f"model {request.outcome}"
            for request in self.requests
            if request.outcome.startswith(("cut", "refused"))
        )
        stops = Counter("Stop by a person" for act in self.acts if act.kind == "stop")
        changes = Counter(self.changes)
        return Counter(fault.kind for fault in self.faults) + model + stops + changes
