"""What a page shows only while a reply runs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveStatus:
    """What only the process that makes a reply knows about it right now. All in seconds."""

    waits_for: float | None = None  # until the service is asked again
    wait_reason: str = ""
    replies_before: int | None = None  # in the line for the service, in which the reply waits
    has_thought_for: float | None = None  # while the model thinks


REMOTE = LiveStatus()  # nothing is known: the reply has ended, or another process makes it
