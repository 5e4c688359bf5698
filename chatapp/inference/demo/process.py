"""Start the demo model as a child process."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

END_SECONDS = 3.0


@contextmanager
def demo_model(*arguments: str) -> Iterator[str]:
    """Run the demo model as a process of its own on a free loopback port, and yield its URL.

    The socket is bound here and handed over, so no other process can take the port in between,
    and requests may be sent at once. The process ends with the block, or when this process dies,
    because its standard input ends then.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        command = [sys.executable, "-m", "chatapp.inference.demo", *arguments]
        process = subprocess.Popen(  # noqa: S603  (our own module)
            [*command, "--fd", str(listening.fileno()), "--watch-stdin"],
            stdin=subprocess.PIPE,
            pass_fds=[listening.fileno()],
            start_new_session=True,  # Ctrl+C is for the app, which then ends this process
        )
    try:
        yield url
    finally:
        process.terminate()
        try:
            process.communicate(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
