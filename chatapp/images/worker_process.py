"""One picture worker as the app holds it: started, asked within a time, ended without a trace."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from .worker import protocol
from .worker.protocol import Opened, Reason, Refused

logger = logging.getLogger(__name__)

START_SECONDS = 20
PICTURE_SECONDS = 20
END_SECONDS = 1

ROOT = Path(__file__).resolve().parents[2]
MODULE = f"{__package__}.worker"
# A thread of a codec's reserves the stack it may ever need, which counts as memory. The size is
# read when a process begins, and only the shell sets it before that without a fork of this one.
SMALL_STACKS = ("/bin/sh", "-c", 'ulimit -s 1024; exec "$@"', "worker")
COMMAND = (*SMALL_STACKS, sys.executable, "-W", "ignore", "-m", MODULE)

# All that Python needs to start; keys and passwords stay here.
INHERITED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "TMPDIR")
# One arena, and large blocks mapped one by one: what a picture took goes back when it is done.
MALLOC = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144"}

type Source = bytes | Path


class WorkerProcess:
    """A running worker. Raises Refused with NO_WORKER when it does not come up."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ} | MALLOC
        try:
            self._process = subprocess.Popen(  # noqa: S603 (a constant)
                COMMAND,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        except OSError as error:
            logger.error("The picture worker did not start: %s", error)
            raise Refused(Reason.NO_WORKER) from error
        assert self._process.stdin
        assert self._process.stdout
        self._requests, self._replies = self._process.stdin, self._process.stdout
        self._within(START_SECONDS, self._greeting, Reason.NO_WORKER)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def open(self, source: Source) -> Opened:
        """Raises Refused, also for whatever the worker died of."""

        def exchange() -> Opened:
            path = str(source) if isinstance(source, Path) else None
            content = source if isinstance(source, bytes) else b""
            protocol.send(self._requests, {"path": path}, content)
            return protocol.receive_outcome(self._replies)

        return self._within(PICTURE_SECONDS, exchange, Reason.UNREADABLE)

    def end(self) -> None:
        """Closing its stdin ends an idle worker; another one is killed. Leaves no zombie."""
        try:
            self._requests.close()
        except BrokenPipeError:
            logger.debug("The picture worker was gone already")
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._replies.close()

    def _greeting(self) -> None:
        protocol.receive(self._replies, 0)

    def _within[T](self, seconds: float, exchange: Callable[[], T], otherwise: Reason) -> T:
        """Kill the worker when an exchange takes longer, which also ends the exchange."""
        late = threading.Event()

        def kill() -> None:
            late.set()
            self._process.kill()

        timer = threading.Timer(seconds, kill)
        timer.start()
        try:
            return exchange()
        except (OSError, EOFError, ValueError, LookupError, TypeError) as error:
            self.end()  # it may also be alive and have talked nonsense
            raise Refused(self._cause(otherwise, late.is_set())) from error
        finally:
            timer.cancel()
            timer.join()

    def _cause(self, otherwise: Reason, late: bool) -> Reason:
        code = self._process.returncode
        logger.error("The picture worker ended with %s%s", code, " after its time" if late else "")
        if otherwise is Reason.NO_WORKER:
            return otherwise
        if late or code == -signal.SIGALRM:
            return Reason.TIME
        if code == -signal.SIGKILL:
            return Reason.MEMORY  # the kernel's answer when the machine has none left
        return otherwise
