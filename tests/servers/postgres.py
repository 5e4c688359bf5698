"""PostgreSQL from the system's packages: a cluster of its own in a temporary folder."""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psycopg

from tests.servers.certificates import self_signed
from tests.servers.ports import free_port

OLDEST = 15  # major version
START_SECONDS = 30
STOP_SECONDS = 30
PERSON = "chat"
# Its files need not outlive the machine, but each commit must outlive the server.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
}
SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
NOT_INSTALLED = (
    "there is no PostgreSQL 15 on this machine (Debian and Ubuntu: apt install postgresql; "
    "macOS: brew install postgresql)"
)


class Postgres:
    """One server; it can be stopped and started again on the same port and data.

    With `tls` it has a certificate of its own, and everybody but PERSON needs TLS and a password.
    """

    def __init__(
        self, programs: Path, data: Path, log: Path, settings: dict[str, str], tls: bool = False
    ) -> None:
        self.port = free_port()
        self._log = log
        self._data = data
        self._programs = programs
        self._settings = SETTINGS | settings
        self._paused: list[int] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._run("initdb", "--auth=trust", f"--username={PERSON}", "--encoding=UTF8",
                  "--locale=C", "--no-sync")  # fmt: skip
        if tls:
            self._settings |= self._secure()

    @property
    def url(self) -> str:
        return self.url_of("postgres")

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def url_of(self, database: str) -> str:
        return f"postgres://{PERSON}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start, and return once it answers. After an `immediate` stop it recovers first."""
        options = [f"--{name}={value}" for name, value in self._settings.items()]
        with self._log.open("ab") as log:
            self._process = self._popen("postgres", f"--port={self.port}", *options, output=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start:\n{self._log.read_text()}")
            time.sleep(0.05)

    def stop(self, mode: Literal["fast", "immediate"] = "fast") -> None:
        """Stop; `fast` ends sessions in order, `immediate` is like a crash."""
        if self._process is None:
            return
        self.resume()
        self._process.send_signal(SIGNALS[mode])
        self._process.wait(STOP_SECONDS)
        self._process = None

    def pause(self) -> None:
        """Freeze all its processes. Connections stay open, and new ones wait."""
        assert self._process
        with psycopg.connect(self.url) as connection:
            # The parent comes first, so that the list of processes stays correct.
            self._process.send_signal(signal.SIGSTOP)
            self._paused = [self._process.pid]
            rows = connection.execute("SELECT pid FROM pg_stat_activity").fetchall()
            for (pid,) in rows:
                if pid != connection.info.backend_pid:
                    os.kill(pid, signal.SIGSTOP)
                    self._paused.append(pid)

    def resume(self) -> None:
        for pid in reversed(self._paused):
            os.kill(pid, signal.SIGCONT)
        self._paused = []

    def create_database(self, name: str) -> str:
        """Create an empty database and return its URL."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url_of(name)

    def _secure(self) -> dict[str, str]:
        """Return the settings with which the server accepts only TLS."""
        certificate, key = self_signed(self._data, "postgres")
        if person := _other_user():
            os.chown(key, person["user"], person["group"])
            certificate.chmod(0o644)
        hosts = self._data / "pg_hba.conf"
        hosts.write_text(
            f"host all {PERSON} 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
        )
        return {"ssl": "on", "ssl_cert_file": str(certificate), "ssl_key_file": str(key)}

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        with self._log.open("ab") as log:
            process = self._popen(program, *arguments, output=log)
        if process.wait(START_SECONDS):
            raise RuntimeError(f"{program} failed:\n{self._log.read_text()}")

    def _popen(self, program: str, *arguments: str, output: Any) -> subprocess.Popen[bytes]:
        command = [str(self._programs / program), "-D", str(self._data), *arguments]
        return subprocess.Popen(
            command, cwd=self._data, stdout=output, stderr=output, **_other_user()
        )


def is_installed() -> bool:
    return find_postgres() is not None


@cache
def find_postgres() -> Path | None:
    """Return the folder of the newest programs that are new enough, or None."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    if (on_branch := shutil.which("postgres")) and shutil.which("initdb"):
        folders.append(Path(on_branch).parent)
    versions = {folder: _version(folder) for folder in folders if (folder / "initdb").exists()}
    fitting = [folder for folder, version in versions.items() if version >= OLDEST]
    return max(fitting, key=lambda folder: versions[folder], default=None)


def _version(folder: Path) -> int:
    command = [str(folder / "postgres"), "--version"]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    found = re.search(r"(\d+)", told)
    return int(found[1]) if found else 0


def _other_user() -> dict[str, Any]:
    """The programs refuse to run as root: then they run as somebody whom every system has."""
    if os.geteuid() != 0:
        return {}
    person = _unprivileged()
    return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}


def _unprivileged() -> pwd.struct_passwd:
    known = {person.pw_name: person for person in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


@contextmanager
def running_postgres(folder: Path, *, tls: bool = False, **settings: str) -> Iterator[Postgres]:
    """A server until the block ends; its log stays in `folder`. `settings` are its own.

    Raises RuntimeError when the programs are missing or do not start.
    """
    programs = find_postgres()
    if programs is None:
        raise RuntimeError(NOT_INSTALLED)
    # Not in `folder`, because the other user can't read private folders of root.
    data = Path(tempfile.mkdtemp(prefix="postgres-"))
    if os.geteuid() == 0:
        person = _unprivileged()
        os.chown(data, person.pw_uid, person.pw_gid)
    try:
        server = Postgres(programs, data, folder / "postgres.log", settings, tls)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(data)
