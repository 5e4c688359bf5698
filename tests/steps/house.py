"""App processes with the counted tools, on one PostgreSQL, and a person who is signed in."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.conversations.visitor import Visitor
from tests.servers.app import ROOT, AppProcess, app_environment, running_apps
from tests.servers.postgres import running_postgres
from tests.steps.outside import Outside
from tests.steps.table import Table
from tests.system.app import OWNER

MEMBER = "member@example.com"


@dataclass(slots=True)
class House:
    outside: Outside
    table: Table
    apps: Sequence[AppProcess]
    person: Visitor  # at the last of them


@dataclass(slots=True)
class Ground:
    """What several houses may stand on."""

    outside: Outside
    table: Table
    folder: Path
    environment: dict[str, str]

    @asynccontextmanager
    async def house(self, processes: int, **config_vars: str) -> AsyncIterator[House]:
        with running_apps(self.folder, processes, self.environment | config_vars) as apps:
            async with Visitor.at(apps[-1]) as person:
                yield House(self.outside, self.table, apps, person)


@asynccontextmanager
async def ground(folder: Path, **config_vars: str) -> AsyncIterator[Ground]:
    with running_postgres(folder) as postgres:
        async with Outside.running() as outside:
            database = postgres.create_database("chat")
            environment = app_environment(
                DJANGO_SETTINGS_MODULE="tests.servers.with_tools",
                DATABASE_URL=database,
                INFERENCE_URL=outside.url,
                TEST_TOOLS=f"{outside.url}/tools",
                # As many as may be held up at once.
                **{"CHAT_DATABASE_POOL_SIZE": "12"} | config_vars,
            )
            people = [sys.executable, "-m", "tests.chaos.people", OWNER, MEMBER]
            run = partial(subprocess.run, people, cwd=ROOT, env=environment, check=True)
            await asyncio.to_thread(run)
            table = Table(database)
            await table.prepare()
            yield Ground(outside, table, folder, environment)
