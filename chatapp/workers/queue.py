"""One job at a time for a worker process, in the order in which they came.

The worker is started with the first job and ended when there was none for a while. Whatever kills
it costs the job it worked on; the next one gets a fresh worker.
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

# A job asks for the worker when it needs it: one that is refused before costs no process.
type Job[W: WorkerProcess, T] = Callable[[Callable[[], W]], T]


class WorkerQueue[W: WorkerProcess]:
    """Runs jobs in a worker process of its own; safe to use from any thread."""

    def __init__(self, start: Callable[[], W]) -> None:
        self._start = start
        self._jobs: SimpleQueue[tuple[Job[W, Any], Future[Any]] | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._worker: W | None = None

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        worker = self._worker
        return worker.pid if worker else None

    def submit[T](self, job: Job[W, T]) -> Future[T]:
        """Queue a job, whose future raises what it raises.

        Cancelled while it waits, it costs nothing.
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
        """End the worker after the jobs that wait; a later one starts everything anew."""
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
                except BaseException as error:  # whoever waits for the future gets it
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
