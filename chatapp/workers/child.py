"""Set up a worker process before its first request."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from .frames import send

MAX_OPEN_FILES = 32
NICE = 5  # running replies come before most jobs


def lower_privileges(max_data_bytes: int, nice: int = NICE) -> None:
    """Lower this process's limits for good. `max_data_bytes` is its private memory."""
    # Both signals are sent to whole process groups; a worker ends when its app ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(nice)
    for kind, limit in (
        (resource.RLIMIT_DATA, max_data_bytes),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),  # a core file would contain somebody's image or text
    ):
        resource.setrlimit(kind, (limit, limit))


@contextmanager
def greeted() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Yield the streams of requests and replies, once the app knows that this worker is ready."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as replies:
        # Output that a library prints must not get between the frames.
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        send(replies, {})
        yield sys.stdin.buffer, replies
