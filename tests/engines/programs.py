"""Programs that an engine runs. Whoever waits for one learns of its death at once."""

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from threading import Thread

from tests.engines.engine import POLL_SECONDS

WATCH_SECONDS = 0.25  # between two looks at a program that runs
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
        had_child = False
        while self._process.poll() is None:
            has_child = bool(_running_children(self._process.pid))
            if had_child and not has_child:
                self._process.terminate()
            had_child = had_child or has_child
            # Only a program that dies as it starts could be missed.
            time.sleep(WATCH_SECONDS if had_child else POLL_SECONDS)


def _running_children(process_id: int) -> list[str]:
    found: list[str] = []
    with suppress(OSError):  # the process or one of its threads has just ended
        for thread in Path(f"/proc/{process_id}/task").iterdir():
            found += (thread / "children").read_text().split()
    return [child for child in found if _is_running(child)]


def _is_running(process_id: str) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
