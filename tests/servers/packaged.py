"""Servers of somebody else, each in an environment of its own that `make test` installs."""

import contextlib
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

START_SECONDS = 30.0  # an answer to the first request also waits for the start of the server
END_SECONDS = 10.0

type Arguments = list[str | Path]


@contextmanager
def serving(
    command: Callable[[str], Arguments], ready: str = "/", status: int = 200, **environment: str
) -> Iterator[str]:
    """The address of a server that `command` starts on the socket with this file descriptor.

    The socket is bound here and handed over: requests wait in it until the server is ready, and
    nobody can take the port in between. `ready` is a path that answers with this status.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        process = subprocess.Popen(
            command(str(listening.fileno())),
            pass_fds=[listening.fileno()],
            env=os.environ | {"PYTHONPATH": "", **environment},
            stderr=subprocess.DEVNULL,  # a line for each request
        )
    try:
        assert httpx.get(address + ready, timeout=START_SECONDS).status_code == status
        yield address
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
        process.kill()
        process.wait()
