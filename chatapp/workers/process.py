"""Run one worker process from the app: start it, ask it within a time limit, end it."""

from __future__ import annotations

import enum
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, ClassVar

from . import frames

START_SECONDS = 20
END_SECONDS = 1

ROOT = Path(__file__).resolve().parents[2]
# Each thread reserves its whole stack, which counts as memory. A process reads the size when it
# starts, and a shell can set it before that without a fork of this process.
SMALL_STACKS = ("/bin/sh", "-c", 'ulimit -s 1024; exec "$@"', "worker")
PYTHON = (sys.executable, "-W", "ignore", "-m")

# Python needs no other variables to start; a worker must not get keys and passwords.
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")

logger = logging.getLogger(__name__)


class Cause(enum.StrEnum):
    """List the causes of a worker's death."""

    START = "start"  # it didn't start
    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class WorkerDied(Exception):
    """Report that the worker died, and its job failed."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


# The signal by which a limit of time or memory ended a worker.
_CAUSES = {
    -signal.SIGALRM: Cause.TIME,
    -signal.SIGPROF: Cause.TIME,
    -signal.SIGKILL: Cause.MEMORY,  # sent by the kernel when the machine has no memory left
}


class WorkerProcess:
    """Run `python -m MODULE`, which exchanges `frames`. Raises WorkerDied with START."""

    module: ClassVar[str]
    environment: ClassVar[Mapping[str, str]] = {}
    has_small_stacks: ClassVar[bool] = False  # for codecs that start many threads

    def __init__(self) -> None:
        inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603 (the module is a constant)
                (*(SMALL_STACKS if self.has_small_stacks else ()), *PYTHON, self.module),
                cwd=ROOT,
                env={**inherited, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        except OSError as error:
            logger.error("The worker %s did not start: %s", self.module, error)
            raise WorkerDied(Cause.START) from error
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._replies = self._process.stdin, self._process.stdout
        try:
            self.within(START_SECONDS, lambda _requests, replies: frames.receive(replies, 0))
        except WorkerDied as death:
            raise WorkerDied(Cause.START) from death

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def within[T](self, seconds: float, exchange: Callable[[IO[bytes], IO[bytes]], T]) -> T:
        """Call `exchange` with the pipes of requests and replies, and return its result.

        Kills the worker after `seconds`, which also ends the exchange. Raises WorkerDied, and
        other errors of `exchange` while the worker lives.
        """
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, kill)
        timer.start()
        try:
            return exchange(self._requests, self._replies)
        except (OSError, EOFError, ValueError, LookupError, TypeError) as error:
            self.end()  # it may also be alive and have sent invalid data
            raise WorkerDied(self._cause(late.is_set())) from error
        except MemoryError:
            self.end()  # the rest of this answer must not become the next one
            raise
        finally:
            timer.cancel()
            timer.join()
            if late.is_set():
                self.end()  # it may have answered just before it was killed

    def end(self) -> None:
        """End the worker: closing stdin ends an idle one, otherwise it is killed."""
        try:
            self._requests.close()
        except BrokenPipeError:
            logger.debug("The worker %s had already ended", self.module)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._replies.close()

    def _cause(self, late: bool) -> Cause:
        code = self._process.returncode
        why = " after its time limit" if late else ""
        logger.error("The worker %s ended with %s%s", self.module, code, why)
        return Cause.TIME if late else _CAUSES.get(code, Cause.CRASH)
