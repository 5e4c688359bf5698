"""A dyno: the app's own commands, with the environment that the platform gives them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from django.conf import settings

from tests.system.app import free_port

BOOT_SECONDS = 60
THROUGH_THE_ROUTER = {"x-forwarded-proto": "https", "host": "chat.example.com"}


def environment(**variables: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DYNO": "web.1", "WEB_CONCURRENCY": "2", "SECRET_KEY": "a key", **variables}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        env=environment(**variables),
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=BOOT_SECONDS,
    )


@contextmanager
def serving(**variables: str) -> Iterator[str]:
    """The address of `manage.py serve`, once it answers."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        env=environment(PORT=str(port), **variables),
        cwd=settings.ROOT,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/healthz", process)
        yield url
    finally:
        process.terminate()
        process.wait(BOOT_SECONDS)


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + BOOT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)  # nothing tells when another process listens
    raise AssertionError("the server did not answer")
