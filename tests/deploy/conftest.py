"""A router with short limits, and a client that takes its certificate for what it is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.rehearsal.router import Router, running_router
from tests.servers.certificates import self_signed

type Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]

FIRST_BYTE_SECONDS = 0.3
IDLE_SECONDS = 0.5


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
async def line(router: Router) -> AsyncIterator[Line]:
    """A bare connection to the router, without TLS."""
    port = router.plain_url.rsplit(":", 1)[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    yield reader, writer
    writer.close()
