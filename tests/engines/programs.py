"""Programs that an engine runs. Whoever waits for one learns of its death at once."""

import os
import select
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Thread

from tests.engines.engine import POLL_SECONDS

END_SECONDS = 5  # between a broken connection and the end of the process that had it
SHOWN_CHARACTERS = 4_000  # of the end of a log


class ProgramDied(Exception):
    """A program has ended that a test still needs; the message has what it printed."""


class Program:
    """A running program, which prints into `log`."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    def check(self) -> None:
        """Raise ProgramDied if it has ended."""
        if self._process.poll() is not None:
            printed = self._log.read_text(errors="replace").strip() or "Nothing was printed."
            end = f"{self._process.args} has ended with {self._process.returncode}"
            raise ProgramDied(f"{end}: {printed[-SHOWN_CHARACTERS:]}")

    def check_after_break(self) -> None:
        """Do the same after a connection to it broke, which is noticed before its end."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self.check()

    def end_with_child(self) -> Thread:
        """End the program once the program that it starts has ended, which it may not notice."""
        thread = Thread(target=self._watch_child, daemon=True)
        thread.start()
        return thread

    def _watch_child(self) -> None:
        process_id, children = self._process.pid, list[int]()
        # Nothing announces that a process has begun. One that dies as it starts could be missed.
        while self._process.poll() is None and not (children := _running_children(process_id)):
            time.sleep(POLL_SECONDS)
        while children:
            _wait_for_an_end(process_id, *children)
            children = _running_children(process_id)
        self._process.terminate()


def _wait_for_an_end(*process_ids: int) -> None:
    """Return when at least one of the processes has ended."""
    waiting = select.poll()
    with ExitStack() as stack, suppress(ProcessLookupError):
        for process_id in process_ids:
            descriptor = os.pidfd_open(process_id)
            stack.callback(os.close, descriptor)
            waiting.register(descriptor, select.POLLIN)
        waiting.poll()


def _running_children(process_id: int) -> list[int]:
    found: list[str] = []
    with suppress(OSError):  # the process has just ended
        for thread in Path(f"/proc/{process_id}/task").iterdir():
            with suppress(OSError):  # one of its threads has
                found += (thread / "children").read_text().split()
    return [int(child) for child in found if _is_running(child)]


def _is_running(process_id: str) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
