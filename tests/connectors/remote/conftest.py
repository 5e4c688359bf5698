"""Servers as the owner has named them, and calls of their tools as a reply makes them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from chatapp import background
from chatapp.connectors import checking
from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.remote.sessions import TASK, close
from chatapp.connectors.sealing import seal
from chatapp.connectors.switches import switches
from chatapp.tools import running
from chatapp.tools.running import Outcome
from chatapp.tools.tool import Context
from tests.servers.mcp_site import McpSite

type Added = Callable[..., Awaitable[Server]]
type Use = Callable[..., Awaitable[Outcome]]


@pytest.fixture(autouse=True)
async def _ended() -> AsyncIterator[None]:
    yield
    await background.drain(5)


@pytest.fixture
def added(transactional_db: None) -> Added:
    """Adds a server and asks it for its tools; only adds it with `asks=False`."""

    async def add(url: str, *, token: str = "", name: str = "Site", asks: bool = True) -> Server:
        server = await Server.objects.acreate(name=name, url=url, sealed_token=seal(token))
        if asks:
            await checking.check(server)
        return server

    return add


@pytest.fixture
def use() -> Iterator[Use]:
    """Calls an offered tool for a reply; "look" is that of McpSite."""

    async def call(tool: str = "site__look", work: str = "reply", **arguments: Any) -> Outcome:
        offered = await background.in_thread(switches)
        tools = {tool.name: tool for switch in offered for tool in switch.tools}
        return await running.run(tools[tool], json.dumps(arguments), Context(work=work))

    yield call
    for work in ("reply", "other"):
        close(work)


def calls(site: McpSite) -> list[str | None]:
    """The session of each call of a tool, in order."""
    made = [asked for asked in site.asked if asked.method == "tools/call"]
    return [asked.headers.get("mcp-session-id") for asked in made]


async def rows() -> dict[str, ToolSetting]:
    return {row.remote_name: row async for row in ToolSetting.objects.all()}


async def problem(server: Server) -> str:
    return (await Server.objects.aget(pk=server.pk)).problem


async def all_closed() -> None:
    """Waits until no session is left; the test's own time limit is its end."""
    while tasks := background.running(TASK):
        await next(iter(tasks))
