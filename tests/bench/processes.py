"""The bare servers of the benchmark as processes of their own."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from tests.bench.usage import pinned

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


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int


@contextmanager
def running(module: str, *arguments: str, core: int | None = None) -> Iterator[Server]:
    """Runs a module that prints its address first, on one core or any; ends it with the block."""
    command = [sys.executable, "-m", module, *arguments]
    with nullcontext() if core is None else pinned(core):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Server(process.stdout.readline().strip(), process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=END_SECONDS)
