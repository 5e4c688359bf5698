"""The app's side of the picture worker: one picture at a time, in the order in which they came.

The worker is started with the first picture and ended when there was none for a while. Whatever
kills it costs the picture it worked on; the next one gets a fresh worker.
"""

from __future__ import annotations

import atexit
import threading
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue

from .formats import HEAD_BYTES, detect
from .worker.protocol import Opened, Reason, Refused
from .worker_process import Source, WorkerProcess

MAX_FILE_BYTES = 50 * 1024 * 1024

IDLE_SECONDS = 60


class Workshop:
    """Opens pictures in a worker process of its own; safe to use from any thread."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Source, Future[Opened]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._worker: WorkerProcess | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        worker = self._worker
        return worker.pid if worker else None

    def submit(self, source: Source) -> Future[Opened]:
        """Queue the bytes of a file, or the path to one that stays until the future is done.

        The future raises Refused. Cancelled while it waits, it costs nothing.
        """
        future: Future[Opened] = Future()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="pictures", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._jobs.put((source, future))
        return future

    def close(self) -> None:
        """End the worker after the pictures that wait; a later one starts everything anew."""
        with self._lock:
            if self._thread:
                atexit.unregister(self.close)
                self._jobs.put(None)
                # Under the lock, so that no second thread takes from the queue meanwhile.
                self._thread.join()
                self._thread = None

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=IDLE_SECONDS if self._worker else None)
            except Empty:
                self._end_worker()
                continue
            if job is None:
                self._end_worker()
                return
            source, future = job
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(self._open(source))
                except BaseException as error:  # whoever waits for the future gets it
                    future.set_exception(error)

    def _open(self, source: Source) -> Opened:
        _check(source)
        if self._worker and not self._worker.alive:
            self._end_worker()
        try:
            self._worker = self._worker or WorkerProcess()
            return self._worker.open(source)
        except Refused as refused:
            if refused.reason is Reason.MEMORY:
                # What is left of its memory may lie in pieces.
                self._end_worker()
            raise

    def _end_worker(self) -> None:
        if self._worker:
            self._worker.end()
            self._worker = None


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
