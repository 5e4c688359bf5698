"""A real app as `make run` starts it: one process, a file as database, the demo model or another.

`tests/servers/app.py` starts processes as a platform does, on shared servers; this one is about the
local way (`serve --local`), which prints its address once it is ready.
"""

import os
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers.app import app_environment, prepare_database
from tests.servers.ports import free_port
from tests.servers.shared_file import shared_file
from tests.support.people import OWNER

ROOT = Path(__file__).resolve().parents[2]
BOOT_SECONDS = 60
ADD_PERSON = """
    INSERT INTO accounts_person (id, email, password, is_active, is_owner, time_zone, date_joined)
    SELECT :id, :email, password, 1, 0, time_zone, date_joined FROM accounts_person WHERE is_owner
"""


@dataclass(slots=True)
class App:
    """The server process; it can be stopped and started again on the same port and data."""

    url: str
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> int:
        return int(self.environment["PORT"])

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--local"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        ready, _, _ = select.select([self.process.stdout], [], [], BOOT_SECONDS)
        assert ready, "the server did not say where to go"
        assert self.url in self.process.stdout.readline()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(how)
        self.process.communicate(timeout=BOOT_SECONDS)
        return self.process.returncode

    def manage(self, *arguments: str, given: str = "") -> None:
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment,
            input=given,
            text=True,
            check=True,
            capture_output=True,
        )

    def execute(self, *statements: str, **values: object) -> None:
        """Change the database; a command of `manage.py` would take two seconds of processor."""
        path = self.environment["DATABASE_URL"].removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, timeout=20)) as database, database:
            for statement in statements:
                database.execute(statement, values)

    def add_person(self, email: str) -> None:
        """Add somebody with the owner's password."""
        self.execute(ADD_PERSON, id=uuid.uuid4().hex, email=email)

    def forget_drafts(self) -> None:
        self.execute(
            "DELETE FROM conversations_attachment WHERE message_id IS NULL",
            "DELETE FROM conversations_draft",
        )

    def forget_servers(self) -> None:
        self.execute("DELETE FROM mcp_toolsetting", "DELETE FROM mcp_server")

    def is_healthy(self) -> bool:
        return httpx.get(f"{self.url}/healthz").text == "ok\n"


@contextmanager
def running_app(folder: Path, **environment: str) -> Iterator[App]:
    """Serve the app from a database in `folder`, with an owner, until the block ends."""
    port = free_port()
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    clean["SECRET_KEY"] = "only for tests"
    file = folder / "chat.sqlite3"
    database = environment.get("DATABASE_URL") or f"sqlite:///{file}"
    app = App(
        url=f"http://127.0.0.1:{port}",
        environment={**clean, "PORT": str(port), "DATABASE_URL": database, **environment},
    )
    if "DATABASE_URL" in environment:
        prepare_database(app.environment, OWNER)
    elif not file.exists():
        shutil.copy(shared_file("owner.sqlite3", _prepare), file)
    app.start()
    try:
        yield app
    finally:
        if app.process and app.process.poll() is None:
            app.stop()


def _prepare(file: Path) -> None:
    """Make a database with tables and an owner."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/chat.sqlite3"
        prepare_database(app_environment(DATABASE_URL=f"sqlite:///{path}"), OWNER)
        with closing(sqlite3.connect(path)) as prepared:
            prepared.execute("VACUUM INTO ?", [str(file)])


@contextmanager
def two_apps(folder: Path, **environment: str) -> Iterator[tuple[App, App]]:
    """Serve one database from two processes."""
    with running_app(folder, **environment) as one:
        port = free_port()
        two = App(f"http://127.0.0.1:{port}", {**one.environment, "PORT": str(port)})
        two.start()
        try:
            yield one, two
        finally:
            two.stop()
