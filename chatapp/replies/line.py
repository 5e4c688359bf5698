"""The line in front of the model service, which a higher package registers.

The service's quota is for everybody together, so every call goes through `go`. Without a line the
call is made at once, and the client waits by itself while the quota is used up.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol
from uuid import UUID

from chatapp.inference import CompletionRequest, RateLimits, Usage


class Urgency(IntEnum):
    """Name what a call is for; the lowest number goes first."""

    REPLY = 0
    TEST = 1  # of an image, for a reply that waits for it
    TITLE = 2
    CHECK = 3  # of diagnostics, which say at once that there is no room


@dataclass(frozen=True, slots=True)
class Standing:
    """Describe the place of a call that waits."""

    before: int  # replies that go first
    seconds: float  # estimate


def _ignore(standing: Standing | None) -> None:
    """Show nobody where a call stands."""


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Call:
    """A call to the service, and how to make it.

    `make` returns the tokens that the service reports, None if it doesn't. It may be called again
    after `RateLimited`, unless `has_output` returns True. `since` is when the person asked, in Unix
    time: whoever takes a reply over keeps its place. `show` gets the place whenever it changes, and
    None once the call is made.
    """

    person: UUID
    request: CompletionRequest
    since: float
    make: Callable[[], Awaitable[Usage | None]]
    urgency: Urgency = Urgency.REPLY
    has_output: Callable[[], bool] = _never
    show: Callable[[Standing | None], object] = _ignore


class Line(Protocol):
    async def go(self, call: Call) -> None:
        """Make a call once it is its turn, and again after each refusal for the quota.

        Raises what `make` raises, and RateLimited when it took too long.
        """

    def report(self, model: str, rate_limits: RateLimits) -> None:
        """Take in the headers of an answer. Called on the event loop."""


_line: Line | None = None


def register(line: Line | None) -> None:
    """Let every call go through `line`; None lets them be made at once."""
    global _line
    _line = line


def is_registered() -> bool:
    return _line is not None


async def go(call: Call) -> None:
    if _line:
        await _line.go(call)
    else:
        await call.make()


def report(model: str, rate_limits: RateLimits) -> None:
    if _line:
        _line.report(model, rate_limits)
