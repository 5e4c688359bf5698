"""The interface to whoever keeps the ledger of calls to the model service.

`spending` keeps it and registers itself here, because imports point down. Call everything in a
thread. Every caller of the service begins its call here, and settles it in the transaction that
stores what the answer led to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol
from uuid import UUID

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.inference import CompletionRequest, Usage

Purpose = Literal["reply", "tool_round", "title", "image_test", "diagnostics"]


class CapReached(Exception):
    """A cap leaves too little money for a call, so nothing was sent. `sentence` is for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class NewCall:
    """A call that is about to be made, for a person or, without one, for the instance alone.

    The characters of the reply's text and reasoning before it say what a lost call has written.
    """

    purpose: Purpose
    request: CompletionRequest
    person: Person | None = None
    conversation: Conversation | None = None  # its owner is the person
    reply_id: UUID | None = None
    text_before: int = 0
    reasoning_before: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call that may be made now: send `request`, which may allow fewer tokens than was asked for.

    `notices` are for the reply's notices, `row` belongs to the ledger.
    """

    request: CompletionRequest
    row: Any = None
    notices: Mapping[str, Any] = field(default_factory=dict)


class CallUsage(NamedTuple):
    """What a call used; nothing if it had no output. `model` is the id that answered, if known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    thinking_tokens: int = 0
    is_estimated: bool = False
    model: str = ""

    @classmethod
    def reported(cls, usage: Usage) -> "CallUsage":
        return cls(
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.cached_tokens,
            usage.thinking_tokens,
            model=usage.model,
        )


class LostCall(NamedTuple):
    """A call whose process didn't settle it. `input_tokens` are an estimate."""

    row: Any
    input_tokens: int
    text_before: int
    reasoning_before: int


class Ledger(Protocol):
    def input_price(self, model: str) -> float | None:
        """Return dollars for a million tokens that the model reads; None when that is unknown."""

    def check(self, whose: Callable[[], Person], model: str, text: str = "") -> None:
        """Raise CapReached unless a useful answer to this text still fits. The person is only
        looked up where there are caps."""

    def begin(self, new: NewCall) -> Call:
        """Record a call and reserve the most that it can cost. Raises CapReached."""

    def settle(self, ended: Sequence[tuple[Call, CallUsage]]) -> str:
        """Record what calls used; those that are settled already stay as they are. Return their
        price together as people read it, empty for nothing and for an unknown one."""

    def unsettled(self, reply_id: UUID) -> list[LostCall]:
        """Return the calls of a reply that nobody has settled, in the order of their beginning."""

    def settle_lost(self, lost: Sequence[tuple[LostCall, CallUsage]]) -> None:
        """Record what lost calls have used by estimate."""


_registered: list[Ledger] = []


def register(ledger: Ledger) -> None:
    _registered[:] = [ledger]


def ledger() -> Ledger:
    return _registered[0]
