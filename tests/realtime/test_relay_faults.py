"""Redis restarts, freezes or is missing: local events continue, and the rest recovers."""

import asyncio
import logging
from pathlib import Path

import pytest
from pytest_django import Settings

from chatapp.realtime import redis_connection, send_queue
from tests.realtime.peers import Listener, Peer, running_peer, two_peers
from tests.servers.redis import NOT_INSTALLED, RedisServer, is_installed, running_redis


@pytest.fixture(autouse=True)
def _redis(redis_server: RedisServer, settings: Settings) -> None:
    settings.REDIS_URL = redis_server.url


async def publish_until_received(far: Listener, here: Peer, text: str) -> list[bool]:
    """Publish a text until it arrives; return the values of `joined` events meanwhile."""
    joined_values = []

    async def repeat() -> None:
        while True:
            here.publish_text(text)
            await asyncio.sleep(0.05)

    repeating = asyncio.create_task(repeat())
    while (event := await far.event()).get("text") != text:
        if event["type"] == "joined":
            joined_values.append(event["value"])
    repeating.cancel()
    return joined_values


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records]


async def test_a_restart_of_redis_in_mid_stream(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with running_peer() as here:
        await here.until_joined()
        with here.listening() as near:
            redis_server.stop()
            for number in range(100):
                here.publish_text(number)
            assert [await near.text() for _ in range(100)] == list(range(100))
            assert await near.joined() is False
            redis_server.start()
            assert await near.joined() is True

    assert len(lines(caplog)) == 2
    assert "Redis is away" in caplog.text
    assert "Redis is back" in caplog.text


async def test_events_flow_again_between_processes(redis_server: RedisServer) -> None:
    async with two_peers() as (here, there):
        with there.listening() as far:
            redis_server.stop()
            redis_server.start()
            await publish_until_received(far, here, "here again")
            await publish_until_received(far, here, "and again")


async def test_a_frozen_redis_delays_nothing_and_costs_no_memory(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_connection, "SEND_SECONDS", 0.5)
    monkeypatch.setattr(send_queue, "MAX_QUEUED_CHARACTERS", 5_000)
    async with two_peers() as (here, there):
        with here.listening() as near, there.listening() as far:
            redis_server.pause()
            for number in range(500):
                here.publish_text("x" * 100, number)
            # Local events arrive at once, and the queue for Redis is bounded.
            assert near.waiting == 1_000
            assert here.relay._queue._size <= 5_000
            while near.waiting:
                await near.event()
            assert await near.joined() is False
            assert here.relay._queue._size == 0
            here.publish_text("while it is away")
            assert near.waiting == 1
            assert here.relay._queue._size == 0
            redis_server.resume()
            assert await near.joined() is True
            await publish_until_received(far, here, "here again")


async def test_pages_fetch_what_they_missed_during_a_freeze(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_queue, "MAX_QUEUED_CHARACTERS", 1_000)
    async with two_peers() as (here, there):
        with there.listening() as far:
            redis_server.pause()
            for _ in range(5):
                here.publish_text("x" * 900)
                await asyncio.sleep(0)
            redis_server.resume()

            assert await far.joined() is True


async def test_redis_can_start_later(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = asyncio.Event()
    monkeypatch.setattr(redis_connection.logger, "warning", lambda *line: given_up.set())
    redis_server.stop()
    async with running_peer() as here:
        with here.listening() as near:
            here.publish_text("alone")
            assert await near.text() == "alone"
            assert not here.relay.joined
            await given_up.wait()
            redis_server.start()
            assert await near.joined() is True


async def test_a_subscription_that_breaks_is_noticed(redis_server: RedisServer) -> None:
    """The layer recovers by itself; events sent in between are missing."""
    async with two_peers() as (here, there):
        with there.listening() as far, redis_server.client() as client:
            client.client_kill_filter(_type="pubsub", skipme=False)
            for number in range(20):
                here.publish_text(number)
            missed = await publish_until_received(far, here, "end")

            assert True in missed or await far.joined() is True


async def test_a_dead_subscription_is_replaced(
    redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Publishing works and nothing arrives, as when a firewall forgets one of the connections."""
    monkeypatch.setattr(redis_connection, "MAX_ROUND_TRIP_SECONDS", 1)
    monkeypatch.setattr(redis_connection, "PROBE_SECONDS", 0.3)
    async with running_peer() as here:
        await here.until_joined()
        with here.listening() as near, redis_server.client() as client:
            client.execute_command("ACL", "SETUSER", "default", "resetchannels")
            assert await near.joined() is False
            client.execute_command("ACL", "SETUSER", "default", "allchannels")
            assert await near.joined() is True


async def test_a_process_has_few_connections(redis_server: RedisServer) -> None:
    async with running_peer() as here:
        await here.until_joined()
        with here.listening() as near, redis_server.client() as client:
            for number in range(500):
                here.publish_text(number, group=f"group {number % 150}")
                await asyncio.sleep(0)
            redis_server.pause()
            here.publish_text("into the void")
            assert await near.joined() is False
            redis_server.resume()
            assert await near.joined() is True

            assert len(client.client_list()) - 1 <= 4


async def test_a_self_signed_certificate_is_accepted(tmp_path: Path, settings: Settings) -> None:
    if not is_installed():
        pytest.skip(NOT_INSTALLED)
    with running_redis(tmp_path, tls=True) as server:
        settings.REDIS_URL = server.url
        async with two_peers() as (here, there):
            with here.listening() as near, there.listening() as far:
                here.publish_text("in private")
                assert await far.text() == "in private"
                server.pause()
                here.publish_text("frozen")
                assert await near.joined() is False
                server.resume()
                assert await near.joined() is True


async def test_closing_ends_even_when_redis_is_frozen(redis_server: RedisServer) -> None:
    async with running_peer() as here:
        await here.until_joined()
        redis_server.pause()
        here.publish_text("too late")
    redis_server.resume()
