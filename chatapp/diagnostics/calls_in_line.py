"""Diagnostics take part in the line for the service, or their calls would take quota that the line
gives to replies."""

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

from chatapp.accounts.models import Person
from chatapp.inference import CompletionRequest, RateLimits, Usage
from chatapp.inference.errors import RateLimited
from chatapp.inference.probe import Seen
from chatapp.replies import line

NOBODY = UUID(int=0)  # for whom a command asks


async def made(
    request: CompletionRequest, person: Person | None, make: Callable[[], Awaitable[Seen]]
) -> Seen:
    """Make a call when it is its turn, behind everybody else's; without room in time, return that
    the quota is used up. A call that the service refuses isn't made again."""
    seen: list[Seen] = []

    async def make_once() -> Usage | None:
        seen.append(await make())
        if rate_limits := RateLimits.from_headers(seen[0].headers, time.time()):
            line.report(request.model, rate_limits)
        if isinstance(seen[0].failure, RateLimited):
            raise seen[0].failure
        return reported(seen[0])

    payer = person.pk if person else NOBODY
    call = line.Call(
        payer, request, time.time(), make_once, line.Urgency.CHECK, has_output=lambda: bool(seen)
    )
    try:
        await line.go(call)
    except RateLimited:
        return seen[0] if seen else Seen(failure=RateLimited())
    return seen[0]


def reported(seen: Seen) -> Usage | None:
    """Return the tokens that the service reports."""
    usages = [delta for delta in seen.deltas if isinstance(delta, Usage)]
    return usages[-1] if usages else None
