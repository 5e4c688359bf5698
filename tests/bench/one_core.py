"""The app on one core, which may die, and may be ended, without harm to anything else."""

import resource
import sqlite3
from contextlib import closing
from dataclasses import dataclass

import psutil

from tests.bench.load import SERVERS
from tests.bench.usage import busy_seconds, resident_mb, tree_seconds
from tests.servers.processes import pinned
from tests.support.markup import RUNNING
from tests.system.app import App

STALE_MB = 50.0  # grown by this, a server is not fresh any more
MAX_GROWTH_MB = 3_000


class Died(Exception):
    """The server has ended by itself."""


@dataclass(slots=True)
class OneCore:
    app: App
    fresh_mb: float = 0.0

    @property
    def pid(self) -> int:
        assert self.app.process
        return self.app.process.pid

    @property
    def is_alive(self) -> bool:
        return self.app.process is not None and self.app.process.poll() is None

    @property
    def is_fresh(self) -> bool:
        return self.is_alive and resident_mb(self.pid) < self.fresh_mb + STALE_MB

    def refresh(self) -> None:
        """Take its memory of now as that of a fresh server, and limit it.

        From here on, a bomb that takes all memory ends this server alone.
        """
        self.fresh_mb = resident_mb(self.pid)
        most = psutil.Process(self.pid).memory_info().vms + MAX_GROWTH_MB * 1024**2
        resource.prlimit(self.pid, resource.RLIMIT_AS, (most, most))

    def kill(self) -> None:
        assert self.app.process
        self.app.process.kill()
        self.app.process.communicate()

    def restart(self) -> None:
        """Start the server anew. Replies that ran when it was ended don't begin again."""
        if self.is_alive:
            self.kill()
        with closing(self.database()) as database, database:
            database.execute(
                "UPDATE conversations_message SET status = 'failed' WHERE status IN (?, ?)", RUNNING
            )
        with pinned(SERVERS):
            self.app.start()

    def foreign_seconds(self, core: int) -> float:
        """Return how long its core worked for anybody else."""
        return busy_seconds(core) - tree_seconds(self.pid)

    def database(self) -> sqlite3.Connection:
        path = self.app.environment["DATABASE_URL"].removeprefix("sqlite:///")
        return sqlite3.connect(path, timeout=20)
