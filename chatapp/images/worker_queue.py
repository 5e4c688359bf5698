"""Images are opened one at a time, in a process that may be killed."""

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
    """Opens images in a worker process of its own; safe to use from any thread."""

    def __init__(self) -> None:
        self._queue = WorkerQueue(ImageWorkerProcess)

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        return self._queue.pid

    def submit(self, source: Source) -> Future[Opened]:
        """Queue the bytes of a file, or the path to one that stays until the future is done.

        The future raises Refused. Cancelled while it waits, it costs nothing.
        """
        return self._queue.submit(lambda ready_worker: _open(source, ready_worker))

    def close(self) -> None:
        """End the worker after the images that wait; a later one starts everything anew."""
        self._queue.close()


def _open(source: Source, ready_worker: Callable[[], ImageWorkerProcess]) -> Opened:
    _check(source)
    worker = ready_worker()
    try:
        return worker.open(source)
    except Refused as refused:
        if refused.reason is Reason.MEMORY:
            # What is left of its memory may lie in pieces.
            worker.end()
        raise


def _check(source: Source) -> None:
    """Refuse what needs no worker to be refused."""
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
