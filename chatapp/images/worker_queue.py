"""Open images one at a time, in a process that may be killed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from chatapp.workers import WorkerQueue

from .formats import HEAD_BYTES, detect
from .worker.protocol import Opened, Reason, Refused
from .worker_process import ImageWorkerProcess, Source

MAX_FILE_BYTES = 50 * 1024 * 1024


class ImageWorkerQueue:
    """Open images in a worker process of its own. Thread-safe."""

    def __init__(self) -> None:
        self._queue = WorkerQueue(ImageWorkerProcess)

    @property
    def pid(self) -> int | None:
        """Return the worker's process id, None while there is no worker."""
        return self._queue.pid

    def submit(self, source: Source, max_parts: int = 1) -> Future[Opened]:
        """Queue the bytes of a file, or the path of a file that exists until the future is done.

        The future raises Refused. Cancelling it before its turn costs nothing.
        """
        return self._queue.submit(lambda ready_worker: _open(source, max_parts, ready_worker))

    def close(self) -> None:
        """End the worker after the queued images; a later image starts it again."""
        self._queue.close()


def _open(source: Source, max_parts: int, ready_worker: Callable[[], ImageWorkerProcess]) -> Opened:
    _check(source)
    try:
        return _try(source, max_parts, ready_worker())
    except Refused as refused:
        if refused.reason is not Reason.MEMORY or max_parts == 1:
            raise
    # Parts are larger together than one image.
    return _try(source, 1, ready_worker())


def _try(source: Source, max_parts: int, worker: ImageWorkerProcess) -> Opened:
    try:
        return worker.open(source, max_parts)
    except Refused as refused:
        if refused.reason is Reason.MEMORY:
            # The rest of its memory may be fragmented.
            worker.end()
        raise


def _check(source: Source) -> None:
    """Refuse a file that can be refused without a worker."""
    if isinstance(source, Path):
        size = source.stat().st_size
        with source.open("rb") as file:
            head = file.read(HEAD_BYTES)
    else:
        size, head = len(source), source[:HEAD_BYTES]
    if size > MAX_FILE_BYTES:
        raise Refused(Reason.BYTES, MAX_FILE_BYTES)
    if not size:
        raise Refused(Reason.UNREADABLE)
    if detect(head) is None:
        raise Refused(Reason.TYPE)
