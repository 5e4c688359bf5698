"""MCP servers that nobody here wrote, on a port that they keep when they are started again."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.ports import free_port

BIN = Path(__file__).parents[2] / ".venv/mcp/bin"
START_SECONDS = 30.0

needs_mcp_servers = pytest.mark.skipif(
    not (BIN / "mcp-proxy").exists(), reason="`make test` installs the MCP servers"
)


class PackagedServer:
    """`command` is started with the number of the port after it, and `rest` after that."""

    def __init__(self, command: Sequence[str | Path], rest: Sequence[str | Path] = ()) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/mcp"
        self._command = [*command, str(self.port), *rest]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, and return once it accepts connections."""
        silent = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdin=silent, stdout=silent, stderr=silent)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(ConnectionRefusedError):
                return socket.create_connection(("127.0.0.1", self.port)).close()
            assert self._process.poll() is None, f"{self._command} ended"
            assert time.monotonic() < deadline, f"{self._command} does not start"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once, as when a machine dies; a second call does nothing."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def _running(server: PackagedServer) -> Iterator[PackagedServer]:
    try:
        server.start()
        yield server
    finally:
        server.stop()


def weather() -> contextlib.AbstractContextManager[PackagedServer]:
    """Return a weather server, whose tools for dates and time zones need no network."""
    module = [BIN / "python", "-m", "mcp_weather_server", "--mode", "streamable-http"]
    return _running(PackagedServer([*module, "--host", "127.0.0.1", "--port"]))


def clock() -> contextlib.AbstractContextManager[PackagedServer]:
    """Return a server for standard input and output behind a proxy, both by other people."""
    behind = ["--", BIN / "python", "-m", "mcp_server_time", "--local-timezone", "UTC"]
    return _running(PackagedServer([BIN / "mcp-proxy", "--port"], behind))
