"""One worker process as the app holds it: started, asked within a time, ended without a trace."""

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
# A thread reserves the stack it may ever need, which counts as memory. The size is read when a
# process begins, and only the shell sets it before that without a fork of this one.
SMALL_STACKS = ("/bin/sh", "-c", 'ulimit -s 1024; exec "$@"', "worker")
PYTHON = (sys.executable, "-W", "ignore", "-m")

# All that Python needs to start; keys and passwords stay here.
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")

logger = logging.getLogger(__name__)


class Cause(enum.StrEnum):
    """What a worker died of."""

    START = "start"  # it never came up
    TIME = "time"
    MEMORY = "memory"
    CRASH = "crash"


class WorkerDied(Exception):
    """The worker is gone, and with it whatever it worked on."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(cause)
        self.cause = cause


# How a worker ends when a limit of time or memory ends it.
_CAUSES = {
    -signal.SIGALRM: Cause.TIME,
    -signal.SIGPROF: Cause.TIME,
    -signal.SIGKILL: Cause.MEMORY,  # the kernel's answer when the machine has none left
}


class WorkerProcess:
    """A running `python -m MODULE` that speaks `frames`. Raises WorkerDied with START."""

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
        """Return what `exchange` makes of the pipes of requests and replies.

        Kills the worker after `seconds`, which also ends the exchange. Raises WorkerDied, and
        whatever else `exchange` raises while the worker lives.
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
            self.end()  # it may also be alive and have talked nonsense
            raise WorkerDied(self._cause(late.is_set())) from error
        except MemoryError:
            self.end()  # the rest of this answer must not become the next one
            raise
        finally:
            timer.cancel()
            timer.join()
            if late.is_set():
                self.end()  # it may have answered just before: nobody may ask it again

    def end(self) -> None:
        """Closing its stdin ends an idle worker; another one is killed. Leaves no zombie."""
        try:
            self._requests.close()
        except BrokenPipeError:
            logger.debug("The worker %s was gone already", self.module)
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._replies.close()

    def _cause(self, late: bool) -> Cause:
        code = self._process.returncode
        why = " after its time" if late else ""
        logger.error("The worker %s ended with %s%s", self.module, code, why)
        return Cause.TIME if late else _CAUSES.get(code, Cause.CRASH)
