"""App processes as a platform runs them: `manage.py serve`, configured by config vars alone.

`code` is the folder of the code that they run: this checkout, or another release.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import httpx

from tests.servers.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 60
END_SECONDS = 40  # after SIGTERM; a platform kills after 30
CLEAN_EXITS = (-signal.SIGTERM, 128 + signal.SIGTERM)  # as a child's status, as a shell's


class AppProcess:
    """One process; it can be killed and started again on the same port."""

    def __init__(self, environment: dict[str, str], log: IO[bytes], code: Path = ROOT) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = environment | {"PORT": str(self.port)}
        self._log = log
        self._code = code
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self) -> None:
        """Start without waiting; `wait_until_ready` is separate, so that several start at once."""
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=self._code,
            env=self._environment,
            stdout=self._log,
            stderr=self._log,
        )

    def wait_until_ready(self, path: str = "/readyz") -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers(path):
            if not self.is_running or time.monotonic() > deadline:
                raise RuntimeError(f"The app does not start on port {self.port}: {self._log.name}")
            time.sleep(0.1)

    def send(self, how: signal.Signals) -> None:
        assert self._process
        self._process.send_signal(how)

    def wait(self) -> int:
        """Wait for its end and return the exit status, negative for a signal."""
        assert self._process
        return self._process.wait(END_SECONDS)

    def kill(self) -> None:
        if self.is_running:
            self.send(signal.SIGKILL)
            self.wait()

    def _answers(self, path: str) -> bool:
        try:
            return httpx.get(self.url + path, timeout=5).status_code == 200
        except httpx.TransportError:
            return False


def app_environment(**config_vars: str) -> dict[str, str]:
    """Return only what every process needs, without the configuration of this process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "SECRET_KEY": "only for tests", **config_vars}


def manage(environment: dict[str, str], *arguments: str, code: Path = ROOT) -> None:
    """Run a command of `manage.py` and wait for its end.

    Raises RuntimeError with what it wrote when it fails.
    """
    command = [sys.executable, "manage.py", *arguments]
    ended = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True)
    if ended.returncode:
        raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{ended.stderr}")


def prepare_database(environment: dict[str, str], *emails: str) -> None:
    """Make the tables and these people; the first owns the site."""
    command = [sys.executable, "-m", "tests.servers.prepare_database", *emails]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextmanager
def running_apps(
    folder: Path, count: int, environment: dict[str, str], code: Path = ROOT
) -> Iterator[Sequence[AppProcess]]:
    """Run processes that share a database until the block ends, each with a log in `folder`."""
    with ExitStack() as stack:
        logs = [stack.enter_context((folder / f"app-{n}.log").open("ab")) for n in range(count)]
        apps = [AppProcess(environment, log, code) for log in logs]
        for app in apps:
            app.start()
            stack.callback(app.kill)
        for app in apps:
            app.wait_until_ready()
        yield apps
