"""App processes with the counted tools, on one PostgreSQL, and a person who is signed in."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.servers.app import ROOT, AppProcess, app_environment, running_apps
from tests.servers.postgres import running_postgres
from tests.support.visitor import Visitor
from tests.system.app import OWNER
from tests.tool_calls.file import File
from tests.tool_calls.outside import Outside
from tests.tool_calls.table import Table

MEMBER = "member@example.com"


@dataclass(slots=True)
class House:
    outside: Outside
    table: Table | File
    apps: Sequence[AppProcess]
    person: Visitor  # at the last of them


@dataclass(slots=True)
class Ground:
    """What several houses may stand on."""

    outside: Outside
    table: Table | File
    folder: Path
    environment: dict[str, str]

    @asynccontextmanager
    async def house(self, processes: int, **config_vars: str) -> AsyncIterator[House]:
        with running_apps(self.folder, processes, self.environment | config_vars) as apps:
            async with Visitor.at(apps[-1]) as person:
                yield House(self.outside, self.table, apps, person)


@asynccontextmanager
async def ground(folder: Path, **config_vars: str) -> AsyncIterator[Ground]:
    """On PostgreSQL, where writes can be held up."""
    with running_postgres(folder) as postgres:
        async with Outside.running() as outside:
            database = postgres.create_database("chat")
            # As many connections as may be held up at once.
            config_vars = {"CHAT_DATABASE_POOL_SIZE": "12"} | config_vars
            environment = await _environment(outside, database, config_vars)
            table = Table(database)
            await table.prepare()
            yield Ground(outside, table, folder, environment)


@asynccontextmanager
async def ground_of_files(folder: Path) -> AsyncIterator[Ground]:
    path = folder / "chat.sqlite3"
    async with Outside.running() as outside:
        environment = await _environment(outside, f"sqlite:///{path}", {})
        yield Ground(outside, File(path), folder, environment)


async def _environment(
    outside: Outside, database: str, config_vars: Mapping[str, str]
) -> dict[str, str]:
    """Of the processes; the database has its people then."""
    environment = app_environment(
        DJANGO_SETTINGS_MODULE="tests.servers.with_tools",
        DATABASE_URL=database,
        INFERENCE_URL=outside.url,
        TEST_TOOLS=f"{outside.url}/tools",
        **config_vars,
    )
    people = [sys.executable, "-m", "tests.chaos.people", OWNER, MEMBER]
    run = partial(subprocess.run, people, cwd=ROOT, env=environment, check=True)
    await asyncio.to_thread(run)
    return environment
