"""MCP servers made by others, over real HTTP."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatapp.mcp.health import check
from tests.mcp.client.conftest import Added, Use, problem, rows
from tests.servers.mcp_packages import PackagedServer, clock, needs_mcp_servers, weather
from tests.servers.packaged import serving


@pytest.fixture(scope="module")
def time_url() -> Iterator[str]:
    with clock() as server:
        yield server.url


@pytest.fixture
def forecasts() -> Iterator[PackagedServer]:
    with weather() as server:
        yield server


@pytest.fixture(scope="module")
def modern_url() -> Iterator[str]:
    app = "tests.mcp.client.modern:app"
    command: list[str | Path] = [sys.executable, "-m", "uvicorn", app, "--fd"]
    with serving(lambda descriptor: [*command, descriptor], status=404) as url:
        yield f"{url}/mcp"


@needs_mcp_servers
async def test_a_packaged_server_lists_its_tools(forecasts: PackagedServer, added: Added) -> None:
    server = await added(forecasts.url, name="Weather & time")

    found = await rows()

    assert (server.problem, server.checked_at is None) == ("", False)
    assert {"get_current_weather", "get_current_datetime", "convert_time"} <= found.keys()
    row = found["get_current_datetime"]
    assert (row.name, row.access) == ("weather_time__get_current_datetime", "ask")
    assert list(row.parameters["properties"]) == ["timezone_name"]


@needs_mcp_servers
async def test_a_packaged_tool_is_called(forecasts: PackagedServer, added: Added, use: Use) -> None:
    await added(forecasts.url)

    outcome = await use("site__get_current_datetime", timezone_name="Asia/Tokyo")

    content = json.loads(outcome.content)
    assert content["source"] == "Site"
    assert json.loads(content["untrusted_content"])["timezone"] == "Asia/Tokyo"
    assert outcome.summary == "Used get_current_datetime of Site"


@needs_mcp_servers
async def test_a_call_after_a_restart_of_the_server_works(
    forecasts: PackagedServer, added: Added, use: Use
) -> None:
    server = await added(forecasts.url)
    assert not (await use("site__get_timezone_info", timezone_name="UTC")).is_error

    forecasts.stop()
    forecasts.start()
    again = await use("site__get_timezone_info", timezone_name="UTC")

    assert not again.is_error, again.error
    assert await problem(server) == ""


@pytest.mark.long
@needs_mcp_servers
async def test_a_stopped_server_is_explained_and_used_again_later(
    forecasts: PackagedServer, added: Added, use: Use
) -> None:
    server = await added(forecasts.url)
    forecasts.stop()

    outcome = await use("site__get_timezone_info", timezone_name="UTC")
    recorded = await problem(server)
    forecasts.start()
    again = await use("site__get_timezone_info", timezone_name="UTC")

    assert "can't be reached" in outcome.error
    assert "can't be reached" in recorded
    assert not again.is_error, again.error
    assert await problem(server) == ""


@pytest.mark.long
@needs_mcp_servers
async def test_a_server_behind_a_packaged_proxy_is_used(
    time_url: str, added: Added, use: Use
) -> None:
    server = await added(time_url)

    wrong = await use("site__get_current_time", timezone="Nowhere/At_all")
    right = await use("site__get_current_time", timezone="Europe/Oslo")

    assert server.problem == ""
    assert "Site reports that this failed" in wrong.error
    assert "Europe/Oslo" in json.loads(right.content)["untrusted_content"]


async def test_the_newest_version_of_the_protocol_is_used(
    modern_url: str, added: Added, use: Use
) -> None:
    server = await added(modern_url)
    found = await rows()

    summed = await use("site__add", a=2, b=3)
    drawn = await use("site__draw")

    assert server.problem == ""
    assert (found["add"].title, found["add"].is_declared_read_only) == ("Add up", True)
    assert json.loads(summed.content)["untrusted_content"]["data"] == {"result": 5}
    assert len(drawn.images) == 1


async def test_a_call_refused_for_missing_headers_is_made_with_them(
    modern_url: str, added: Added, use: Use
) -> None:
    await added(modern_url)

    outcome = await use("site__route", region="north")

    assert "To north" in outcome.content, outcome.error


@needs_mcp_servers
async def test_a_second_check_changes_nothing(time_url: str, added: Added) -> None:
    server = await added(time_url)
    before = {name: vars(row) | {"_state": None} for name, row in (await rows()).items()}

    await check(server)

    assert {name: vars(row) | {"_state": None} for name, row in (await rows()).items()} == before
