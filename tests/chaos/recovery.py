"""How long replies paused whose process was killed: until a page first showed new text of them."""

from dataclasses import dataclass

from tests.chaos.record import Asked, Fault, Record

HANGS_UP = 1.0  # seconds within which the model notices that a process is gone
STOPPING = 2.0  # seconds around a Stop, which ends a request to the model too
AWAY = ("Redis", "Postgres")


@dataclass(frozen=True, slots=True)
class Pause:
    """`seconds` is None when no page ever showed more. `outage` is how long a database was away
    in that time, which nobody can make up for."""

    reply: str
    killed_at: float
    seconds: float | None
    outage: float


def kills(record: Record) -> list[Fault]:
    return [fault for fault in record.faults if fault.kind == "kill -9"]


def mid_reply_kills(record: Record) -> list[Fault]:
    """The kills that hit a process while it wrote a reply."""
    return [fault for fault in kills(record) if _hit_runs(record, fault.at)]


def pauses(record: Record) -> list[Pause]:
    found = []
    replies = _replies_by_run(record)
    for fault in kills(record):
        for run in sorted(_hit_runs(record, fault.at)):
            reply = _running_reply(record, replies.get(run, []), fault.at)
            if reply and not _hit_again(record, run, reply, fault.at):
                found.append(_pause(record, run, reply, fault.at))
    return found


def _hit_runs(record: Record, at: float) -> set[str]:
    """Runs whose request to the model ended because the process that made it was killed."""
    stopped = {act.run for act in record.acts if abs(act.at - at) < STOPPING}
    return {
        asked.run
        for asked in record.asked
        if asked.outcome == "hung up"
        and asked.end is not None
        and at <= asked.end <= at + HANGS_UP
        and asked.run not in stopped
    }


def _replies_by_run(record: Record) -> dict[str, list[str]]:
    runs = {sent.client_id: sent.run for sent in record.sent}
    questions = {row.id: runs.get(row.client_id or "") for row in record.rows}
    replies: dict[str, list[str]] = {}
    for row in record.rows:
        run = questions.get(row.parent or "")
        if row.role == "assistant" and run:
            replies.setdefault(run, []).append(row.id)
    return replies


def _running_reply(record: Record, replies: list[str], at: float) -> str | None:
    """Of a reply and its retries the one that ran then: the last that had been seen."""
    first = {reply: min(record.attempts[reply].values(), default=at) for reply in replies}
    begun = [reply for reply in replies if first[reply] <= at]
    return max(begun, key=lambda reply: first[reply], default=None)


def _next_sign(record: Record, run: str, reply: str, at: float) -> float | None:
    """When a page first showed text of an attempt that began after a kill, or the end."""
    asked_again = min(
        (asked.start for asked in _asked(record, run) if asked.start > at), default=at
    )
    texts = [first for first in record.attempts[reply].values() if first > asked_again]
    ends = [end for end in record.ends[reply] if end > at]
    return min(texts + ends, default=None)


def _asked(record: Record, run: str) -> list[Asked]:
    return [asked for asked in record.asked if asked.run == run]


def _hit_again(record: Record, run: str, reply: str, at: float) -> bool:
    """Whether its next owner was killed before anything was seen: then that kill counts."""
    sign = _next_sign(record, run, reply, at)
    later = [fault.at for fault in kills(record) if fault.at > at]
    return any(
        (sign is None or again < sign) and run in _hit_runs(record, again) for again in later
    )


def _pause(record: Record, run: str, reply: str, at: float) -> Pause:
    sign = _next_sign(record, run, reply, at)
    until = record.end if sign is None else sign
    outage = sum(
        max(0.0, min(fault.until, until) - max(fault.at, at))
        for fault in record.faults
        if fault.kind.startswith(AWAY)
    )
    return Pause(reply, at, None if sign is None else sign - at, outage)
