"""Redis, where one is configured: it answers, this process is joined, there is room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_django import Settings

from chatapp.doctor.checks import processes
from chatapp.realtime import relay as relay_module
from tests.realtime.peers import Peer, running_peer
from tests.servers.redis import NOT_INSTALLED, RedisServer, is_installed, running_redis


@pytest.fixture
def joined_by(redis_server: RedisServer, settings: Settings) -> RedisServer:
    settings.REDIS_URL = redis_server.url
    return redis_server


@pytest.fixture
async def here(joined_by: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Peer]:
    """This process takes part, as a server does."""
    async with running_peer() as here:
        monkeypatch.setattr(processes, "relay", here.relay)
        yield here


async def test_without_redis_nothing_is_needed(settings: Settings) -> None:
    settings.REDIS_URL = ""

    result = await processes.look()

    assert result.level == "green"
    assert "one process" in result.found


async def test_a_command_says_that_redis_answers(joined_by: RedisServer) -> None:
    assert not relay_module.relay.is_started

    result = await processes.look()

    assert result.level == "green"
    assert result.found == "Redis answers. 1 of 10000 connections are open."


async def test_a_joined_process_is_green(here: Peer) -> None:
    await here.until_joined()

    result = await processes.look()

    assert result.level == "green"
    assert result.found.startswith("The processes are joined. ")


async def test_a_process_that_is_not_joined_is_yellow(here: Peer) -> None:
    await here.until_joined()
    here.relay._said = True
    here.relay._peers.hear("another", 1, -1, here.relay._loop.time())

    result = await processes.look()

    assert result.level == "yellow"
    assert "not joined" in result.found


@pytest.mark.parametrize(("limit", "level"), [(20, "green"), (14, "yellow"), (11, "red")])
async def test_connections_against_the_limit(
    joined_by: RedisServer, on_dyno: None, limit: int, level: str
) -> None:
    clients = [joined_by.client() for _ in range(9)]
    for client in clients:
        client.ping()
    clients[0].config_set("maxclients", limit)

    result = await processes.look()

    for client in clients:
        client.close()
    assert result.level == level
    assert f"10 of {limit} connections are open." in result.found
    assert bool(result.command) == (level != "green")


async def test_redis_that_is_away_is_red(joined_by: RedisServer, on_dyno: None) -> None:
    joined_by.stop()

    result = await processes.look()

    assert result.level == "red"
    assert result.found.startswith("Redis does not answer (ConnectionError).")
    assert result.command == "heroku redis:info"


async def test_redis_that_is_frozen_is_red(
    joined_by: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.doctor.redis_server.SECONDS", 0.2)
    joined_by.pause()

    result = await processes.look()

    joined_by.resume()
    assert result.level == "red"
    assert "(TimeoutError)" in result.found


async def test_a_certificate_that_nobody_signed_is_no_fault(
    tmp_path: Path, settings: Settings
) -> None:
    if not is_installed():
        pytest.skip(NOT_INSTALLED)
    with running_redis(tmp_path, tls=True) as server:
        settings.REDIS_URL = server.url

        assert (await processes.look()).level == "green"
