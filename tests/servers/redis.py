"""A real Redis that a test starts, stops, freezes and brings back, on one port for all its life."""

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from tests.servers.certificates import self_signed
from tests.servers.ports import free_port

BOOT_SECONDS = 10
NOT_INSTALLED = (
    "there is no redis-server on this machine (Debian and Ubuntu: apt install redis-server; "
    "macOS: brew install redis)"
)


def is_installed() -> bool:
    return shutil.which("redis-server") is not None


@dataclass(slots=True)
class RedisServer:
    folder: Path
    port: int
    tls: bool = False
    options: Sequence[str] = ()
    password: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        who = f":{self.password}@" if self.password else ""
        return f"{'rediss' if self.tls else 'redis'}://{who}127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start, and return once Redis answers."""
        listening = ["--port", "0", "--tls-port"] if self.tls else ["--port"]
        command = ["redis-server", *listening, str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder), *self.options]
        if self.password:
            command += ["--requirepass", self.password]
        if self.tls:
            certificate, key = self_signed(self.folder, "redis")
            command += ["--tls-cert-file", str(certificate), "--tls-key-file", str(key)]
            command += ["--tls-auth-clients", "no", "--tls-ca-cert-file", str(certificate)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self.process.stdout
        said = b""
        while b"Ready to accept connections" not in said:
            said = self.process.stdout.readline()
            assert said, "redis-server ended before it was ready"

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process:
            self.process.send_signal(how)
            self.process.send_signal(signal.SIGCONT)
            self.process.communicate(timeout=BOOT_SECONDS)
            self.process = None

    def pause(self) -> None:
        """Freeze the server: connections stay open, and nothing is answered."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def client(self) -> redis.Redis:
        """Return a client that reads the server independently of the app."""
        options = {"ssl_cert_reqs": "none"} if self.tls else {}
        return redis.Redis.from_url(self.url, decode_responses=True, **options)


@contextmanager
def running_redis(
    folder: Path, *, tls: bool = False, options: Sequence[str] = (), password: str = ""
) -> Iterator[RedisServer]:
    """Run a Redis that stores only a certificate in `folder`, with TLS; `options` are its own."""
    server = RedisServer(folder, free_port(), tls, options, password)
    server.start()
    try:
        yield server
    finally:
        server.stop(signal.SIGKILL)
