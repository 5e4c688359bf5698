"""Bare servers as processes of their own, perhaps on one core."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 5


def server_config(application: Any, **options: Any) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        lifespan="off",
        ws="none",
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=95,
        **options,
    )


def serve(application: Any) -> None:
    """Serve an ASGI application on a free loopback port and print its address first."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(server_config(application)).run(sockets=[listening])


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int


@contextmanager
def running(module: str, *arguments: str, core: int | None = None) -> Iterator[Server]:
    """Run a module that prints its address first, on one core or any; end it with the block."""
    command = [sys.executable, "-m", module, *arguments]
    with nullcontext() if core is None else pinned(core):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Server(process.stdout.readline().strip(), process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=END_SECONDS)


def core_number(core: int) -> int:
    """Return the machine's number of the core that `pinned` takes."""
    usable = sorted(os.sched_getaffinity(0))
    return usable[core % len(usable)]


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep processes that begin within the block on one core; with fewer cores they share."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core_number(core)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
