"""What tests of deployments stand on: a router with short limits and a client that takes its
certificate for what it is; the code of the last release, and a database server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.releases import database_of, has_history, last_release, unpack
from tests.rehearsal.router import Router, running_router
from tests.servers.app import ROOT
from tests.servers.certificates import self_signed
from tests.servers.postgres import Postgres, running_postgres

type Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]

FIRST_BYTE_SECONDS = 0.3
IDLE_SECONDS = 1.0  # the client shares a busy process with the router and may pause


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return self_signed(tmp_path_factory.mktemp("router"), "router")


@pytest.fixture
def router(certificate: tuple[Path, Path]) -> Iterator[Router]:
    with running_router(*certificate, FIRST_BYTE_SECONDS, IDLE_SECONDS) as router:
        yield router


@pytest.fixture
async def http(router: Router) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=router.url, verify=False) as http:
        yield http


@pytest.fixture
async def connection(router: Router) -> AsyncIterator[Streams]:
    """Open a bare connection to the router, without TLS."""
    port = router.plain_url.rsplit(":", 1)[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    yield reader, writer
    writer.close()


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder with the code of the last release.

    It comes from git. A copy of the code without its history, such as a tarball or a shallow clone,
    has nothing to compare with: its tests are expected to fail, which the report says with the
    reason and which is no failure, also in CI, where a skipped test is one. A whole history that
    lacks the commit makes them fail, and they say what to do.
    """
    if not has_history():
        pytest.xfail("this copy of the code has no git history to take the last release from")
    return unpack(last_release(), tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres")) as postgres:
        yield postgres


@pytest.fixture(scope="session")
def new_database(postgres: Postgres) -> str:
    """The url of a database as the code of this checkout makes it."""
    return database_of(ROOT, postgres, "new")
