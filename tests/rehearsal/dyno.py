"""Run a dyno: one process of the Procfile, started by honcho, in the platform's environment."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import psutil

from tests.servers.ports import free_port

MEMORY_MB = 512
BIND_SECONDS = 60  # then R10
END_SECONDS = 30  # then SIGKILL
POLL_SECONDS = 0.05


class BootFailed(Exception):
    """A dyno didn't start."""


def environment(config: dict[str, str], programs: Path, name: str) -> dict[str, str]:
    """Return the config vars, with what the platform and its buildpack add."""
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ["HOME"],
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "WEB_CONCURRENCY": "2",
        "WEB_CONCURRENCY_SET_BY": "heroku/python",
        "FORWARDED_ALLOW_IPS": "*",
        "DYNO_RAM": str(MEMORY_MB),
        "DYNO": name,
        **config,
    }


class Dyno:
    """Runs on one core, which it shares with the other dynos."""

    def __init__(self, name: str, slug: Path, environment: dict[str, str], log: IO[bytes]) -> None:
        self.name = name
        self.port = free_port()
        self.boot_seconds = 0.0
        self.was_killed = False
        command = [sys.executable, "-m", "honcho", "start", name.partition(".")[0]]
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            command,
            cwd=slug,
            env={**environment, "PORT": str(self.port)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        if sys.platform == "linux":
            psutil.Process(self._process.pid).cpu_affinity([0])

    def wait_until_bound(self) -> None:
        """Raises BootFailed when it ends before, or takes longer than the platform allows."""
        while not self._is_bound():
            waited = time.monotonic() - self._began
            if self._process.poll() is not None or waited > BIND_SECONDS:
                self.kill()
                raise BootFailed(f"{self.name} did not bind its port within {waited:.0f} s")
            time.sleep(POLL_SECONDS)
        self.boot_seconds = time.monotonic() - self._began

    def terminate(self) -> None:
        """Send SIGTERM to each process of the dyno."""
        for process in self._processes():
            process.send_signal(signal.SIGTERM)

    def wait(self) -> float:
        """Seconds until its end; what is left after END_SECONDS is killed."""
        began = time.monotonic()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.was_killed = True
            self.kill()
        return time.monotonic() - began

    def kill(self) -> None:
        for process in [*self._processes(), psutil.Process(self._process.pid)]:
            process.kill()
        self._process.wait()

    @property
    def status(self) -> int | None:
        """Return the exit code; None while it runs."""
        return self._process.poll()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    @property
    def memory_mb(self) -> float:
        """Resident, of the app's own processes; what they share is counted once for each. A dyno
        that ends at this moment has none."""
        try:
            own = [one for one in self._processes() if one.name().startswith("python")]
            return sum(one.memory_info().rss for one in own) / 1024**2
        except psutil.NoSuchProcess:
            return 0.0

    def _processes(self) -> list[psutil.Process]:
        """Return the app's processes, without honcho and its forks, which are the platform."""
        above = psutil.Process(self._process.pid)
        return [process for fork in above.children() for process in fork.children(recursive=True)]

    def _is_bound(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except ConnectionRefusedError:
            return False
        return True
