"""What happens to a line: entries come, are let through, are refused, end; processes die.

Each function changes the state as of `now`. Whoever changes the state lets through whom it can.
"""

from dataclasses import dataclass, replace

from chatapp.inference import RateLimits
from chatapp.inference.rate_limits import Quota
from chatapp.spending.line import order
from chatapp.spending.line.state import Entry, Limits, State

LEASE_SECONDS = 8.0
RENEWED_AFTER_SECONDS = 2.0
LEARNED_SECONDS = 86_400.0  # for which a reported limit is believed
UNTITLED_SHARE = 0.9  # of the quota; titles leave the rest to replies
MIN_LIMIT_TO_SHARE = 10  # requests
MAX_DOUBLINGS = 10  # of a pause; no float would hold it after a thousand refusals in a row
# Shares of a window.
PAUSE = 1 / 30  # after a refusal that names no wait; twice as long after each further one
MAX_PAUSE = 1.0
# A longer wait than this isn't for the quota of a minute. Nobody else would wait for its end, so
# everybody gets an answer of their own.
MAX_BLOCK = 30
PROBE = 1 / 20  # after which a probe without a refusal has succeeded


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a call really used; None when the service didn't report it."""

    input: int | None = None
    output: int | None = None


def limits_of(state: State, configured: Limits, now: float) -> Limits:
    """Return the quota that holds now."""
    learned = state.learned if now < state.learned_until else Limits()
    limits = Limits(learned.requests or configured.requests, learned.tokens or configured.tokens)
    return limits.scaled(state.share)


def used(state: State) -> tuple[int, int]:
    """Return the requests and the tokens of the last minute: ours, those of others, and the tokens
    that running calls are expected to produce."""
    foreign = state.foreign
    reserved = sum(entry.tokens_out for entry in state.running.values())
    return (
        state.window.requests + (foreign.requests or 0),
        state.window.tokens + (foreign.tokens or 0) + reserved,
    )


def clean_up(state: State, now: float) -> None:
    """Drop what is over: old uses, and the entries of processes that died."""
    state.window.forget(now)
    if now >= state.foreign_until:
        state.foreign = Limits()
    longest = now + LEASE_SECONDS
    dead = {process for process, until in state.processes.items() if until <= now}
    state.processes = {process: min(until, longest) for process, until in state.processes.items()}
    for process in dead:
        del state.processes[process]
    gone = [e for e in (*state.waiting.values(), *state.running.values()) if e.process in dead]
    for entry in gone:
        leave(state, entry.id, Tokens(), now)
    order.forget_idle(state)


def renew(state: State, process: str, now: float) -> None:
    """Renew a lease that isn't nearly new; a state that stays the same needs no write."""
    if state.processes.get(process, 0.0) < now + LEASE_SECONDS - RENEWED_AFTER_SECONDS:
        state.processes[process] = now + LEASE_SECONDS


def let_through(state: State, configured: Limits, now: float) -> None:
    """Let through everybody whose turn it is and for whom there is room."""
    if not state.waiting or now < state.blocked_until:
        return
    _end_probe(state, now)
    limits = limits_of(state, configured, now)
    for tag, entry in order.in_order(state, limits):
        if state.probe == "":
            state.probe = entry.id
        elif state.probe or not has_room(limits, used(state), entry):
            return
        order.charge(state, tag, entry, limits)
        del state.waiting[entry.id]
        begin(state, entry, now)


def begin(state: State, entry: Entry, now: float) -> None:
    """Count a call that begins."""
    entry.granted_at = now
    state.running[entry.id] = entry
    state.window.add(now, 1, entry.tokens_in)


def has_room(limits: Limits, used: tuple[int, int], entry: Entry) -> bool:
    """Return whether a call fits into the quota. One that is larger than the quota goes alone."""
    requests, tokens = used
    most = limits.requests
    if most is not None:
        if entry.urgency and most >= MIN_LIMIT_TO_SHARE:
            most = int(most * UNTITLED_SHARE)
        if requests + 1 > most:
            return False
    return limits.tokens is None or not tokens or tokens + entry.tokens <= limits.tokens


def leave(state: State, entry_id: str, tokens: Tokens, now: float) -> None:
    """End an entry that waits, or a call that runs, and count what it used."""
    state.waiting.pop(entry_id, None)
    entry = state.running.pop(entry_id, None)
    if entry is None:
        return
    if tokens.input is not None:
        state.window.add(entry.granted_at, 0, tokens.input - entry.tokens_in)
    state.window.add(now, 0, entry.tokens_out if tokens.output is None else tokens.output)
    if state.probe == entry_id:
        _succeed(state)


def refuse(state: State, entry_id: str, seconds: float | None, now: float) -> None:
    """Return a call to the front of the line; let nobody through before the service allows it."""
    entry = state.running.pop(entry_id, None)
    if entry is None:
        return
    state.window.add(entry.granted_at, -1, -entry.tokens_in)
    pause = min(PAUSE * 2 ** min(state.strikes, MAX_DOUBLINGS), MAX_PAUSE) * state.window.seconds
    if seconds is not None and seconds <= MAX_BLOCK * state.window.seconds:
        pause = seconds
    # Calls that were made together are refused together; their wait is one.
    if state.probe != "":
        state.strikes += 1
    state.probe = ""
    state.blocked_until = max(state.blocked_until, now + pause)
    order.arrive(state, replace(entry, refusals=entry.refusals + 1, granted_at=0.0))


def report(state: State, reported: RateLimits, now: float) -> None:
    """Take in what the headers of an answer say about the quota."""
    requests, tokens = reported.requests, reported.tokens
    if requests.limit or tokens.limit:
        state.learned = Limits(
            requests.limit or state.learned.requests, tokens.limit or state.learned.tokens
        )
        state.learned_until = now + LEARNED_SECONDS
    state.foreign = foreign_use(state, reported)
    state.foreign_until = now + state.window.seconds
    if requests.remaining != 0 and tokens.remaining != 0 and state.probe:
        _succeed(state)


def is_foreign_old(state: State, now: float) -> bool:
    """Return whether what others use should be taken in again, although it is the same."""
    return state.foreign_until - now < state.window.seconds / 2


def foreign_use(state: State, reported: RateLimits) -> Limits:
    """Return what others have used of the quota, by headers that arrive now."""
    return Limits(
        _foreign(reported.requests, state.window.requests),
        _foreign(reported.tokens, state.window.tokens),
    )


def _foreign(quota: Quota, ours: int) -> int:
    if not quota.limit or quota.remaining is None:
        return 0
    return max(0, quota.limit - quota.remaining - ours)


def _end_probe(state: State, now: float) -> None:
    """End a probe that has been running for so long that it wasn't refused."""
    if not state.probe:
        return
    entry = state.running.get(state.probe)
    if entry is None:
        state.probe = ""  # stopped before there was an answer
    elif now - entry.granted_at >= PROBE * state.window.seconds:
        _succeed(state)


def _succeed(state: State) -> None:
    state.probe, state.strikes = None, 0
