"""The port of a server that runs on this machine, for commands in another terminal."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings

FILE = settings.ROOT / ".port"  # ignored by git
HOST = "127.0.0.1"


@contextmanager
def announced(port: int) -> Iterator[None]:
    """Tell other terminals the port while the block runs."""
    mine = f"{port} {os.getpid()}"
    FILE.write_text(mine)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):  # another server has ended meanwhile
            if FILE.read_text() == mine:
                FILE.unlink()


def local_port() -> int:
    """Return the port of the running server, or else the one that a server would have."""
    try:
        port = int(FILE.read_text().partition(" ")[0])
        socket.create_connection((HOST, port), timeout=1).close()
    except (OSError, ValueError, OverflowError):  # none runs, or one was killed
        return settings.PORT
    return port
