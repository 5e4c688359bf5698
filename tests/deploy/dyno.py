"""A dyno: the app's own commands, with the environment that the platform gives them."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.app import READY_SECONDS, ROOT, AppProcess, app_environment

THROUGH_THE_ROUTER = {"x-forwarded-proto": "https", "host": "chat.example.com"}
DYNO = {"DYNO": "web.1", "WEB_CONCURRENCY": "2"}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        env=app_environment(**DYNO, **variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=READY_SECONDS,
    )


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[str]:
    """Run `manage.py serve` and yield its address once it answers; its log is in `folder`."""
    with (folder / "dyno.log").open("ab") as log:
        app = AppProcess(app_environment(**DYNO, **variables), log)
        app.start()
        try:
            app.wait_until_ready("/healthz")
            yield app.url
        finally:
            app.kill()
