"""The bare servers of the benchmark as processes of their own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 5


def serve(application: Any) -> None:
    """Serves an ASGI application on a free loopback port and prints its address first."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        config = uvicorn.Config(
            application,
            lifespan="off",
            ws="none",
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=95,
        )
        uvicorn.Server(config).run(sockets=[listening])


@contextmanager
def running(module: str, *arguments: str) -> Iterator[str]:
    """Runs a module that calls `serve` and gives its address; ends it with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate(timeout=END_SECONDS)
