"""The image worker as the app holds it: files in, opened images out, or a reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from chatapp.workers import Cause, WorkerDied, WorkerProcess

from .worker import protocol
from .worker.protocol import Opened, Reason, Refused

IMAGE_SECONDS = 20

type Source = bytes | Path

_REASONS = {
    Cause.START: Reason.NO_WORKER,
    Cause.TIME: Reason.TIME,
    Cause.MEMORY: Reason.MEMORY,
    Cause.CRASH: Reason.UNREADABLE,
}


class ImageWorkerProcess(WorkerProcess):
    """A running worker. Raises Refused with NO_WORKER when it does not come up."""

    module = f"{__package__}.worker"
    has_small_stacks = True
    # One arena, and large blocks mapped one by one: what an image took goes back when it is done.
    environment = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144"}

    def __init__(self) -> None:
        try:
            super().__init__()
        except WorkerDied as death:
            raise Refused(_REASONS[death.cause]) from death

    def open(self, source: Source) -> Opened:
        """Raises Refused, also for whatever the worker died of."""

        def exchange(requests: IO[bytes], replies: IO[bytes]) -> Opened:
            path = str(source) if isinstance(source, Path) else None
            content = source if isinstance(source, bytes) else b""
            protocol.send(requests, {"path": path}, content)
            return protocol.receive_outcome(replies)

        try:
            return self.within(IMAGE_SECONDS, exchange)
        except WorkerDied as death:
            raise Refused(_REASONS[death.cause]) from death
