"""Processes that Redis joins: an event of one reaches the sockets of all."""

import asyncio
import logging

import pytest
from pytest_django import Settings

from chatapp.realtime import redis_connection
from chatapp.realtime.hub import CLOSE
from chatapp.realtime.relay import Relay
from tests.realtime.peers import WAIT, Peer, running_peer, two_peers
from tests.servers.redis import RedisServer


@pytest.fixture(autouse=True)
def _redis(redis_server: RedisServer, settings: Settings) -> None:
    settings.REDIS_URL = redis_server.url


async def test_an_event_reaches_the_sockets_of_both_processes() -> None:
    async with two_peers() as (here, there):
        with here.listening() as near, there.listening() as far:
            here.publish_text("from here")
            assert (await near.text(), await far.text()) == ("from here", "from here")
            there.publish_text("from there")
            assert (await near.text(), await far.text()) == ("from there", "from there")


async def test_an_event_does_not_return_to_its_process() -> None:
    async with two_peers() as (here, there):
        with here.listening() as near, there.listening() as far:
            here.publish_text("once")
            assert await near.text() == "once"
            assert await far.text() == "once"
            there.publish_text("end")  # an echo would come before it

            assert await near.text() == "end"


async def test_publishing_does_not_wait_for_redis() -> None:
    async with two_peers() as (here, _there):
        with here.listening() as near:
            here.publish_text("at once")
            assert near.waiting == 1


async def test_events_of_a_group_keep_their_order() -> None:
    async with two_peers() as (here, there):
        with there.listening("a") as first, there.listening("b") as second:
            for number in range(300):
                here.publish_text(number, group="a")
                here.publish_text(number, group="b")
                if number % 50 == 0:
                    await asyncio.sleep(0)

            assert [await first.text() for _ in range(300)] == list(range(300))
            assert [await second.text() for _ in range(300)] == list(range(300))


async def test_another_app_can_share_the_redis(settings: Settings) -> None:
    async with two_peers() as (here, there):
        with there.listening() as far:
            settings.SECRET_KEY = "of another app"
            async with running_peer() as stranger:
                await stranger.until_joined()
                stranger.publish_text("not for you")
            here.publish_text("end")

            assert await far.text() == "end"


async def test_an_event_reaches_only_its_group() -> None:
    async with two_peers() as (here, there):
        with there.listening("a") as mine:
            here.publish_text("not for a", group="b")
            here.publish_text("for a", group="a")

            assert await mine.text() == "for a"


async def test_sockets_are_closed_in_every_process() -> None:
    async with two_peers() as (here, there):
        with there.listening("session:x") as far:
            here.hub.publish("session:x", CLOSE)

            assert await far.raw() is CLOSE


async def test_a_thread_can_publish_and_send_commands() -> None:
    asyncio.get_running_loop().set_debug(True)  # notices what a thread must not touch
    async with two_peers() as (here, there):
        told = asyncio.Event()
        there.relay.on("wake", told.set)
        with there.listening() as far:
            await asyncio.to_thread(here.publish_text, "from a thread")
            await asyncio.to_thread(here.relay.send_command, "wake")

            assert await far.text() == "from a thread"
            async with asyncio.timeout(WAIT):
                await told.wait()


async def test_pages_get_an_event_when_processes_are_joined() -> None:
    async with running_peer() as here:
        assert not here.relay.joined
        with here.listening() as page:
            assert await page.joined() is True
        assert here.relay.joined


async def test_queued_events_are_sent_before_the_process_ends(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redis_connection, "MIN_BATCH_SECONDS", 0.2)
    async with running_peer() as there:
        await there.until_joined()
        with there.listening() as far:
            async with running_peer() as here:
                await here.until_joined()
                here.publish_text("first")
                assert await far.text() == "first"
                here.publish_text(*range(50))  # which must wait for the interval

            assert [await far.text() for _ in range(50)] == list(range(50))


async def test_a_closed_relay_sends_nothing_and_does_not_fail() -> None:
    async with running_peer() as here:
        await here.until_joined()
    await here.relay.close()
    here.publish_text("nobody gets this")
    here.relay.send_command("stop", reply="x")

    assert not here.relay.joined


async def test_nothing_is_logged_without_a_problem(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with two_peers() as (here, there):
            with there.listening() as far:
                here.publish_text("hello")
                await far.text()

    assert not caplog.records


def test_without_redis_a_database_in_a_file_has_one_process(settings: Settings) -> None:
    settings.REDIS_URL = ""
    settings.DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
    assert Relay(Peer().hub).joined


def test_without_redis_processes_on_postgres_are_not_joined(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = ""
    postgres = {"ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", postgres)
    assert not Relay(Peer().hub).joined
