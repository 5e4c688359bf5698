"""Run jobs in a worker process, one at a time and in order.

The worker is started with the first job and ended after a while without jobs. If it dies, only its
current job fails, and the next job gets a new worker.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from .process import WorkerProcess

IDLE_SECONDS = 60

# A job calls its argument to get the worker. A job that fails before needs no process.
type Job[W: WorkerProcess, T] = Callable[[Callable[[], W]], T]


class WorkerQueue[W: WorkerProcess]:
    """Run jobs in a worker process of its own. Thread-safe."""

    def __init__(self, start: Callable[[], W]) -> None:
        self._start = start
        self._jobs: SimpleQueue[tuple[Job[W, Any], Future[Any]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._worker: W | None = None

    @property
    def pid(self) -> int | None:
        """Return the worker's process id, None while there is no worker."""
        worker = self._worker
        return worker.pid if worker else None

    def submit[T](self, job: Job[W, T]) -> Future[T]:
        """Queue a job, and return a future with its result or error.

        Cancelling it before its turn costs nothing.
        """
        future: Future[T] = Future()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._jobs.put((job, future))
        return future

    def close(self) -> None:
        """End the worker after the queued jobs; a later job starts it again."""
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
                queued = self._jobs.get(timeout=IDLE_SECONDS if self._worker else None)
            except Empty:
                self._end_worker()
                continue
            if queued is None:
                self._end_worker()
                return
            job, future = queued
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(job(self._ready_worker))
                except BaseException as error:  # raised again where the future is awaited
                    future.set_exception(error)

    def _ready_worker(self) -> W:
        if self._worker and not self._worker.alive:
            self._end_worker()
        self._worker = self._worker or self._start()
        return self._worker

    def _end_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker:
            worker.end()
