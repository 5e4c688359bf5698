"""Processes that a Redis joins: what one says, the sockets of all hear."""

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
            here.say("from here")
            assert (await near.text(), await far.text()) == ("from here", "from here")
            there.say("from there")
            assert (await near.text(), await far.text()) == ("from there", "from there")


async def test_an_event_does_not_come_back_to_where_it_came_from() -> None:
    async with two_peers() as (here, there):
        with here.listening() as near, there.listening() as far:
            here.say("once")
            assert await near.text() == "once"
            assert await far.text() == "once"
            there.say("end")  # an echo would come before it

            assert await near.text() == "end"


async def test_nobody_waits_for_redis() -> None:
    async with two_peers() as (here, _there):
        with here.listening() as near:
            here.say("at once")
            assert near.waiting == 1


async def test_events_of_a_group_keep_their_order() -> None:
    async with two_peers() as (here, there):
        with there.listening("a") as first, there.listening("b") as second:
            for number in range(300):
                here.say(number, group="a")
                here.say(number, group="b")
                if number % 50 == 0:
                    await asyncio.sleep(0)

            assert [await first.text() for _ in range(300)] == list(range(300))
            assert [await second.text() for _ in range(300)] == list(range(300))


async def test_another_app_may_share_the_redis(settings: Settings) -> None:
    async with two_peers() as (here, there):
        with there.listening() as far:
            settings.SECRET_KEY = "of another app"
            async with running_peer() as stranger:
                await stranger.until_joined()
                stranger.say("not for you")
            here.say("end")

            assert await far.text() == "end"


async def test_a_group_stays_among_its_own() -> None:
    async with two_peers() as (here, there):
        with there.listening("a") as mine:
            here.say("not for a", group="b")
            here.say("for a", group="a")

            assert await mine.text() == "for a"


async def test_sockets_are_closed_in_every_process() -> None:
    async with two_peers() as (here, there):
        with there.listening("session:x") as far:
            here.hub.publish("session:x", CLOSE)

            assert await far.raw() is CLOSE


async def test_a_thread_may_publish_and_tell() -> None:
    asyncio.get_running_loop().set_debug(True)  # notices what a thread must not touch
    async with two_peers() as (here, there):
        told = asyncio.Event()
        there.relay.on("wake", told.set)
        with there.listening() as far:
            await asyncio.to_thread(here.say, "from a thread")
            await asyncio.to_thread(here.relay.send_command, "wake")

            assert await far.text() == "from a thread"
            async with asyncio.timeout(WAIT):
                await told.wait()


async def test_pages_are_told_when_processes_are_joined() -> None:
    async with running_peer() as here:
        assert not here.relay.joined
        with here.listening() as page:
            assert await page.joined() is True
        assert here.relay.joined


async def test_what_waits_is_sent_before_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_connection, "MIN_BATCH_SECONDS", 0.2)
    async with running_peer() as there:
        await there.until_joined()
        with there.listening() as far:
            async with running_peer() as here:
                await here.until_joined()
                here.say("first")
                assert await far.text() == "first"
                here.say(*range(50))  # which has to wait for the clock

            assert [await far.text() for _ in range(50)] == list(range(50))


async def test_after_the_end_nothing_is_sent_and_nothing_fails() -> None:
    async with running_peer() as here:
        await here.until_joined()
    await here.relay.close()
    here.say("nobody hears this")
    here.relay.send_command("stop", reply="x")

    assert not here.relay.joined


async def test_logging_says_nothing_of_a_quiet_life(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with two_peers() as (here, there):
            with there.listening() as far:
                here.say("hello")
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
