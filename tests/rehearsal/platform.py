"""Stand in for the platform: build pushes, release them, and keep the dynos running."""

import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.rehearsal.addons import Addons
from tests.rehearsal.dyno import Dyno, environment
from tests.rehearsal.router import Router
from tests.rehearsal.slug import Builder

SAMPLE_EVERY = 0.5  # seconds
COMMAND_SECONDS = 120


class ReleaseFailed(Exception):
    """The release phase failed, with its output; the old release stays."""


@dataclass(slots=True)
class Figures:
    """The highest value of each figure during the run."""

    boot_seconds: float = 0.0
    memory_mb: float = 0.0  # of one dyno
    postgres: int = 0  # connections
    redis: int = 0  # connections
    end_seconds: float = 0.0  # from SIGTERM to its end
    killed: list[str] = field(default_factory=list)  # dynos that did not end by themselves


class Platform:
    def __init__(
        self, name: str, folder: Path, addons: Addons, router: Router, builder: Builder
    ) -> None:
        self.name = name
        self.config: dict[str, str] = {}
        self.figures = Figures()
        self.releases: list[str] = []  # commits
        self.size = 1
        self.type = "basic"
        self.has_metadata = False
        self.is_in_maintenance = False
        self.addons = addons
        self.router = router
        self._builder = builder
        self._folder = folder
        self._slug: Path | None = None
        self._dynos: list[Dyno] = []
        self._last_run = 0
        self._log = (folder / "dynos.log").open("ab")

    @property
    def domain(self) -> str:
        return f"{self.name}.localhost"

    @property
    def url(self) -> str:
        return self.router.url.replace("127.0.0.1", self.domain)

    @property
    def dynos(self) -> list[Dyno]:
        return list(self._dynos)

    @property
    def build_seconds(self) -> float:
        return self._builder.seconds

    def push(self, repository: Path, commit: str) -> None:
        """Build, run the release phase, and only then replace the dynos.

        Raises BuildFailed or ReleaseFailed; then nothing has changed.
        """
        self._release(self._builder.build(repository, commit), commit)

    def configure(self, **changes: str | None) -> None:
        """Set config vars, or unset them with None, which makes a release."""
        for name, value in changes.items():
            self.config.pop(name, None)
            if value is not None:
                self.config[name] = value
        if self._slug:
            self._release(self._slug, self.releases[-1])

    def scale(self, size: int) -> None:
        """Start or stop dynos, without touching the others."""
        self.size = size
        self._dynos, gone = self._dynos[:size], self._dynos[size:]
        self._dynos += self._started(range(len(self._dynos), size))
        self._route()
        self._end(gone)

    def restart(self) -> None:
        """Replace each dyno as the platform does daily; requests wait while the new one boots."""
        old = self._dynos
        for dyno in old:
            dyno.terminate()
        self._dynos = self._started(range(self.size))
        self._route()
        self._end(old, is_told=True)

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run one command in a dyno of its own."""
        assert self._slug, "nothing was pushed"
        self._last_run += 1
        return subprocess.run(
            command,
            shell=True,
            cwd=self._slug,
            env=self._environment(f"run.{self._last_run}", self.releases[-1]),
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )

    def maintain(self, is_on: bool) -> None:
        """Turn maintenance on or off; while it is on, no request reaches the dynos."""
        self.is_in_maintenance = is_on
        self._route()

    def shut_down(self) -> None:
        self.router.dynos = []
        for dyno in self._dynos:
            dyno.kill()
        self._log.close()

    def look(self) -> None:
        """Take a sample of everything that has a limit."""
        postgres, redis = self.addons.connections()
        seen = self.figures
        seen.postgres, seen.redis = max(seen.postgres, postgres), max(seen.redis, redis)
        for dyno in self._dynos:
            if dyno.is_running:
                seen.memory_mb = max(seen.memory_mb, dyno.memory_mb)

    def _release(self, slug: Path, commit: str) -> None:
        """Start new dynos before the old ones get their signal."""
        name = f"release.{len(self.releases) + 1}"
        phase = Dyno(name, slug, self._environment(name, commit), self._log)
        phase.wait()
        if phase.status:
            raise ReleaseFailed(f"the release phase ended with {phase.status}")
        self._slug = slug
        self.releases.append(commit)
        old, self._dynos = self._dynos, self._started(range(self.size))
        self._route()
        self._end(old)

    def _started(self, numbers: range) -> list[Dyno]:
        """Return a started dyno. An old and a new one may have the same name."""
        names = [f"web.{number + 1}" for number in numbers]
        assert self._slug
        commit = self.releases[-1]
        dynos = [
            Dyno(name, self._slug, self._environment(name, commit), self._log) for name in names
        ]
        for dyno in dynos:
            dyno.wait_until_bound()
            self.figures.boot_seconds = max(self.figures.boot_seconds, dyno.boot_seconds)
        return dynos

    def _route(self) -> None:
        ports = [dyno.port for dyno in self._dynos]
        self.router.dynos = [] if self.is_in_maintenance else ports

    def _end(self, dynos: list[Dyno], *, is_told: bool = False) -> None:
        if not is_told:
            for dyno in dynos:
                dyno.terminate()
        for dyno in dynos:
            self.figures.end_seconds = max(self.figures.end_seconds, dyno.wait())
            if dyno.was_killed:
                self.figures.killed.append(dyno.name)

    def _environment(self, name: str, commit: str) -> dict[str, str]:
        metadata = {
            "HEROKU_APP_NAME": self.name,
            "HEROKU_APP_DEFAULT_DOMAIN_NAME": self.domain,
            "HEROKU_RELEASE_VERSION": f"v{len(self.releases) + 1}",
            "HEROKU_SLUG_COMMIT": commit,
        }
        config = self.config | (metadata if self.has_metadata else {})
        return environment(config, self._builder.programs, name)


@contextmanager
def watched(platform: Platform) -> Iterator[None]:
    """Take samples for as long as the block runs; one that fails fails the block at its end."""
    over = threading.Event()

    def look() -> None:
        while not over.wait(SAMPLE_EVERY):
            platform.look()

    with ThreadPoolExecutor(1) as thread:
        looking = thread.submit(look)
        try:
            yield
        finally:
            over.set()
        looking.result()
