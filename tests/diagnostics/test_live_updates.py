"""Redis, where one is configured: it answers, connects the processes and has room."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pytest_django import Settings

from chatapp.diagnostics.checks import live_updates
from chatapp.realtime import relay as relay_module
from tests.realtime.peers import Peer, running_peer
from tests.servers.redis import NOT_INSTALLED, RedisServer, is_installed, running_redis


@pytest.fixture
def joined_by(redis_server: RedisServer, settings: Settings) -> RedisServer:
    settings.REDIS_URL = redis_server.url
    return redis_server


@pytest.fixture
async def here(joined_by: RedisServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Peer]:
    """Connect this process, as a server does."""
    async with running_peer() as here:
        monkeypatch.setattr(live_updates, "relay", here.relay)
        yield here


async def test_one_process_needs_no_redis(settings: Settings) -> None:
    settings.REDIS_URL = ""

    result = await live_updates.check_redis()

    assert result.level == "green"
    assert "one process" in result.found


async def test_a_command_reports_that_redis_answers(joined_by: RedisServer) -> None:
    assert not relay_module.relay.is_started

    result = await live_updates.check_redis()

    assert result.level == "green"
    assert result.found == "Redis answers. 1 of 10000 connections are open."


async def test_a_joined_process_is_green(here: Peer) -> None:
    await here.until_joined()

    result = await live_updates.check_redis()

    assert result.level == "green"
    assert result.found.startswith("All processes are connected. ")


async def test_a_process_that_is_not_joined_is_yellow(here: Peer) -> None:
    await here.until_joined()
    here.relay._said = True
    here.relay._peers.record_batch("another", 1, -1, here.relay._loop.time())

    result = await live_updates.check_redis()

    assert result.level == "yellow"
    assert "isn't connected" in result.found


@pytest.mark.parametrize(("limit", "level"), [(20, "green"), (14, "yellow"), (11, "red")])
async def test_connections_against_the_limit(
    joined_by: RedisServer, on_dyno: None, limit: int, level: str
) -> None:
    clients = [joined_by.client() for _ in range(9)]
    for client in clients:
        client.ping()
    clients[0].config_set("maxclients", limit)

    result = await live_updates.check_redis()

    for client in clients:
        client.close()
    assert result.level == level
    assert f"10 of {limit} connections are open." in result.found
    assert bool(result.command) == (level != "green")


async def test_redis_that_is_away_is_red(joined_by: RedisServer, on_dyno: None) -> None:
    joined_by.stop()

    result = await live_updates.check_redis()

    assert result.level == "red"
    assert result.found.startswith("Redis doesn't answer (ConnectionError).")
    assert result.command == "heroku redis:info"


async def test_redis_that_is_frozen_is_red(
    joined_by: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.diagnostics.checks.live_updates.REDIS_SECONDS", 0.2)
    joined_by.pause()

    result = await live_updates.check_redis()

    joined_by.resume()
    assert result.level == "red"
    assert "(TimeoutError)" in result.found


async def test_a_self_signed_certificate_is_accepted(tmp_path: Path, settings: Settings) -> None:
    if not is_installed():
        pytest.skip(NOT_INSTALLED)
    with running_redis(tmp_path, tls=True) as server:
        settings.REDIS_URL = server.url

        assert (await live_updates.check_redis()).level == "green"
