"""Run an image worker from the app: send files, receive images or the reason of a refusal."""

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
    """Run a worker. Raises Refused with NO_WORKER when it doesn't start."""

    module = f"{__package__}.worker"
    has_small_stacks = True
    # With one arena, and large blocks mapped separately, the memory of an image is freed after it.
    environment = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144"}

    def __init__(self) -> None:
        try:
            super().__init__()
        except WorkerDied as death:
            raise Refused(_REASONS[death.cause]) from death

    def open(self, source: Source, max_parts: int) -> Opened:
        """Return the opened image. Raises Refused, also when the worker dies."""

        def exchange(requests: IO[bytes], replies: IO[bytes]) -> Opened:
            path = str(source) if isinstance(source, Path) else None
            content = source if isinstance(source, bytes) else b""
            protocol.send(requests, {"path": path, "parts": max_parts}, content)
            return protocol.receive_outcome(replies)

        try:
            return self.within(IMAGE_SECONDS, exchange)
        except WorkerDied as death:
            raise Refused(_REASONS[death.cause]) from death
