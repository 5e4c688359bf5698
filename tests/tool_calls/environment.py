"""Run app processes with counted tools on one database, with a person signed in."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.servers.postgres import running_postgres
from tests.support.people import MEMBER, OWNER
from tests.support.session import Session
from tests.tool_calls.model import ToolScript, running_model
from tests.tool_calls.postgres_locks import PostgresLocks
from tests.tool_calls.sqlite_file import SqliteFile


@dataclass(slots=True)
class Instance:
    model: ToolScript
    database: PostgresLocks | SqliteFile
    apps: Sequence[AppProcess]
    person: Session  # at the last of them


@dataclass(slots=True)
class Environment:
    """The servers and config vars on which instances run, one after the other."""

    model: ToolScript
    database: PostgresLocks | SqliteFile
    folder: Path
    config: dict[str, str]

    @asynccontextmanager
    async def instance(self, processes: int, **config_vars: str) -> AsyncIterator[Instance]:
        with running_apps(self.folder, processes, self.config | config_vars) as apps:
            async with Session.signed_in(apps[-1].url) as person:
                yield Instance(self.model, self.database, apps, person)


@asynccontextmanager
async def postgres_environment(folder: Path, **config_vars: str) -> AsyncIterator[Environment]:
    """Run PostgreSQL, with triggers that can hold up a write."""
    with running_postgres(folder) as postgres:
        async with running_model() as model:
            url = postgres.create_database("chat")
            # One connection for each write that may be held up at once.
            config_vars = {"CHAT_DATABASE_POOL_SIZE": "12"} | config_vars
            config = await _prepare(model, url, config_vars)
            database = PostgresLocks(url)
            await database.prepare()
            yield Environment(model, database, folder, config)


@asynccontextmanager
async def sqlite_environment(folder: Path) -> AsyncIterator[Environment]:
    path = folder / "chat.sqlite3"
    async with running_model() as model:
        config = await _prepare(model, f"sqlite:///{path}", {})
        yield Environment(model, SqliteFile(path), folder, config)


async def _prepare(
    model: ToolScript, database: str, config_vars: Mapping[str, str]
) -> dict[str, str]:
    """Fill the database and return the config vars of the processes."""
    config = app_environment(
        DJANGO_SETTINGS_MODULE="tests.servers.with_tools",
        DATABASE_URL=database,
        INFERENCE_URL=model.url,
        TEST_TOOLS=f"{model.url}/tools",
        **config_vars,
    )
    await asyncio.to_thread(prepare_database, config, OWNER, MEMBER)
    return config
