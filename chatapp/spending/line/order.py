"""Decide who goes next: weighted fairness between people, by start-time fair queueing.

Each person has a virtual time, which moves on by the cost of each of their calls, divided by their
weight. The entry whose person is furthest back goes first, so whoever sends one message goes at
most behind one of somebody who has sent sixty. Nobody gains from time without messages: a person
who comes back begins at the virtual time of the last entry that was let through.
"""

from collections import defaultdict

from chatapp.spending.line.state import Entry, Limits, State

# The service refuses for the quota, not for the request, so whoever was refused goes first. Behind
# a request that is refused every time, others must get a chance.
MAX_REFUSALS_IN_FRONT = 2


def arrive(state: State, entry: Entry) -> None:
    """Add an entry to those that wait."""
    if not any(other.person == entry.person for other in state.waiting.values()):
        state.tags[entry.person] = max(state.virtual, state.tags.get(entry.person, 0.0))
    state.waiting[entry.id] = entry


def in_order(state: State, limits: Limits) -> list[tuple[float, Entry]]:
    """Return the entries that wait, the next first, each with its virtual start."""
    queues: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in state.waiting.values():
        queues[entry.person].append(entry)
    found = []
    for person, entries in queues.items():
        tag = state.tags.get(person, state.virtual)
        for entry in sorted(entries, key=_own_order):
            found.append((tag, entry))
            if not entry.refusals:
                tag += cost(entry, limits)
    return sorted(found, key=_order)


def charge(state: State, tag: float, entry: Entry, limits: Limits) -> None:
    """Count an entry that is let through. One that was refused was counted the first time."""
    if not entry.refusals:
        state.virtual = max(state.virtual, tag)
        state.tags[entry.person] = tag + cost(entry, limits)


def forget_idle(state: State) -> None:
    """Drop the virtual times that say nothing: of people who don't wait and aren't ahead."""
    waits = {entry.person for entry in state.waiting.values()}
    behind = [p for p, tag in state.tags.items() if tag <= state.virtual and p not in waits]
    for person in behind:
        del state.tags[person]


def cost(entry: Entry, limits: Limits) -> float:
    """Return what a call costs, in requests: the larger of its shares of the two quotas."""
    share = 1.0
    if limits.requests and limits.tokens:
        share = max(share, entry.tokens * limits.requests / limits.tokens)
    return share / entry.weight


def is_in_front(entry: Entry) -> bool:
    return 0 < entry.refusals <= MAX_REFUSALS_IN_FRONT


def _own_order(entry: Entry) -> tuple[object, ...]:
    is_last = entry.refusals > MAX_REFUSALS_IN_FRONT
    return entry.urgency, is_last, not entry.refusals, entry.asked_at, entry.id


def _order(found: tuple[float, Entry]) -> tuple[object, ...]:
    tag, entry = found
    return entry.urgency, not is_in_front(entry), tag, entry.asked_at, entry.id
