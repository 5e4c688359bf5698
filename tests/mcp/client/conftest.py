"""Servers that the owner has added, and calls of their tools as a reply makes them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from chatapp import background
from chatapp.mcp import health
from chatapp.mcp.client.sessions import TASK, close
from chatapp.mcp.encryption import encrypt
from chatapp.mcp.models import Server, ToolSetting
from chatapp.mcp.switches import switches
from chatapp.tools import runner
from chatapp.tools.runner import CallResult
from chatapp.tools.tool import Context
from tests.servers.mcp_site import McpSite

type Added = Callable[..., Awaitable[Server]]
type Use = Callable[..., Awaitable[CallResult]]


@pytest.fixture(autouse=True)
async def _ended() -> AsyncIterator[None]:
    yield
    await background.drain(5)


@pytest.fixture
def added(transactional_db: None) -> Added:
    """Add a server, and check it unless `check` is False."""

    async def add(url: str, *, token: str = "", name: str = "Site", check: bool = True) -> Server:
        server = await Server.objects.acreate(name=name, url=url, encrypted_token=encrypt(token))
        if check:
            await health.check(server)
        return server

    return add


@pytest.fixture
def use() -> Iterator[Use]:
    """Call an offered tool for a reply; McpSite has the tool "look"."""

    async def call(tool: str = "site__look", work: str = "reply", **arguments: Any) -> CallResult:
        offered = await background.in_thread(switches)
        tools = {tool.name: tool for switch in offered for tool in switch.tools}
        return await runner.run(tools[tool], json.dumps(arguments), Context(work=work))

    yield call
    for work in ("reply", "other"):
        close(work)


def calls(site: McpSite) -> list[str | None]:
    """Return the session of each call of a tool, in order."""
    made = [asked for asked in site.asked if asked.method == "tools/call"]
    return [asked.headers.get("mcp-session-id") for asked in made]


async def rows() -> dict[str, ToolSetting]:
    return {row.remote_name: row async for row in ToolSetting.objects.all()}


async def problem(server: Server) -> str:
    return (await Server.objects.aget(pk=server.pk)).problem


async def all_closed() -> None:
    """Wait until no session is left, within the time limit of the test."""
    while tasks := background.running(TASK):
        await next(iter(tasks))
