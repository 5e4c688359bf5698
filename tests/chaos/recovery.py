"""Measure how long replies paused whose process was killed, until a page showed new text."""

from dataclasses import dataclass

from tests.chaos.record import Fault, Record

AWAY = ("Redis", "Postgres")


@dataclass(frozen=True, slots=True)
class Pause:
    """`seconds` is None when no page ever showed more. `outage` is how long a database was away
    in that time, which nobody can make up for."""

    reply: str
    killed_at: float
    seconds: float | None
    outage: float


def mid_reply_kills(record: Record) -> list[Fault]:
    """Return the kills that hit a process while it made a reply."""
    return [fault for fault in record.faults if fault.hit]


def pauses(record: Record) -> list[Pause]:
    return [
        _pause(record, reply, attempt, fault.at)
        for fault in record.faults
        for reply, attempt in fault.hit.items()
        if not _hit_again(record, reply, attempt, fault.at)
    ]


def _next_sign(record: Record, reply: str, attempt: int, at: float) -> float | None:
    """Return when a page first showed text of a later attempt, or the end."""
    texts = [first for later, first in record.attempts[reply].items() if later > attempt]
    ends = [end for end in record.ends[reply] if end > at]
    return min(texts + ends, default=None)


def _hit_again(record: Record, reply: str, attempt: int, at: float) -> bool:
    """Return whether the next owner was killed before a page saw anything; that kill counts."""
    sign = _next_sign(record, reply, attempt, at)
    again = [fault.at for fault in record.faults if fault.at > at and reply in fault.hit]
    return any(sign is None or then < sign for then in again)


def _pause(record: Record, reply: str, attempt: int, at: float) -> Pause:
    sign = _next_sign(record, reply, attempt, at)
    until = record.end if sign is None else sign
    outage = sum(
        max(0.0, min(fault.until, until) - max(fault.at, at))
        for fault in record.faults
        if fault.kind.startswith(AWAY)
    )
    return Pause(reply, at, None if sign is None else sign - at, outage)
