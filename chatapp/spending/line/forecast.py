"""Estimate when each entry is let through, if everything goes on as it looks now."""

import heapq
from dataclasses import dataclass

from chatapp.spending.line import order, rules
from chatapp.spending.line.state import Limits, State


@dataclass(frozen=True, slots=True)
class Prospect:
    before: int  # entries that go first
    seconds: float


def forecast(state: State, configured: Limits, now: float) -> dict[str, Prospect]:
    """Return the prospects of everybody who waits, by id, the next first."""
    limits = rules.limits_of(state, configured, now)
    requests, tokens = rules.used(state)
    releases = list(state.window.releases())
    releases.append((state.foreign_until, state.foreign.requests or 0, state.foreign.tokens or 0))
    reserved = sum(entry.tokens_out for entry in state.running.values())
    releases.append((state.window.end_of(now), 0, reserved))
    heapq.heapify(releases)
    at = max(now, state.blocked_until)
    found: dict[str, Prospect] = {}
    for number, (_tag, entry) in enumerate(order.in_order(state, limits)):
        while releases and (
            releases[0][0] <= at or not rules.has_room(limits, (requests, tokens), entry)
        ):
            end, fewer_requests, fewer_tokens = heapq.heappop(releases)
            at = max(at, end)
            requests, tokens = requests - fewer_requests, tokens - fewer_tokens
        found[entry.id] = Prospect(number, at - now)
        requests, tokens = requests + 1, tokens + entry.tokens
        heapq.heappush(releases, (state.window.end_of(at), 1, entry.tokens))
    return found
