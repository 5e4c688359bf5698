"""Processes that a Redis joins: what one says, the sockets of all hear."""

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest
from pytest_django import Settings

from chatapp.conversations import events, peers, redis_line
from chatapp.conversations.hub import CLOSE
from chatapp.conversations.redis_line import RedisPubSubChannelLayer, group_name
from chatapp.conversations.relay import Relay
from tests.conversations.side import WAIT, Side, side, two_sides
from tests.servers.redis import RedisServer

type Stranger = Callable[[object], Awaitable[None]]


@pytest.fixture(autouse=True)
def _redis(redis_server: RedisServer, settings: Settings) -> None:
    settings.REDIS_URL = redis_server.url


@pytest.fixture
async def stranger(redis_server: RedisServer) -> AsyncIterator[Stranger]:
    """Says what it likes to all processes, and is none of them."""
    layer = RedisPubSubChannelLayer(hosts=[redis_server.url])
    yield partial(layer.group_send, group_name())
    await layer.flush()


async def test_an_event_reaches_the_sockets_of_both_processes() -> None:
    async with two_sides() as (here, there):
        with here.listening() as near, there.listening() as far:
            here.say("from here")
            assert (await near.text(), await far.text()) == ("from here", "from here")
            there.say("from there")
            assert (await near.text(), await far.text()) == ("from there", "from there")


async def test_an_event_does_not_come_back_to_where_it_came_from() -> None:
    async with two_sides() as (here, there):
        with here.listening() as near, there.listening() as far:
            here.say("once")
            assert await near.text() == "once"
            assert await far.text() == "once"
            there.say("end")  # an echo would come before it

            assert await near.text() == "end"


async def test_nobody_waits_for_redis() -> None:
    async with two_sides() as (here, _there):
        with here.listening() as near:
            here.say("at once")
            assert near.waiting == 1


async def test_events_of_a_group_keep_their_order() -> None:
    async with two_sides() as (here, there):
        with there.listening("a") as first, there.listening("b") as second:
            for number in range(300):
                here.say(number, group="a")
                here.say(number, group="b")
                if number % 50 == 0:
                    await asyncio.sleep(0)

            assert [await first.text() for _ in range(300)] == list(range(300))
            assert [await second.text() for _ in range(300)] == list(range(300))


async def test_another_app_may_share_the_redis(settings: Settings) -> None:
    async with two_sides() as (here, there):
        with there.listening() as far:
            settings.SECRET_KEY = "of another app"
            async with side() as stranger:
                await stranger.until_joined()
                stranger.say("not for you")
            here.say("end")

            assert await far.text() == "end"


async def test_a_group_stays_among_its_own() -> None:
    async with two_sides() as (here, there):
        with there.listening("a") as mine:
            here.say("not for a", group="b")
            here.say("for a", group="a")

            assert await mine.text() == "for a"


async def test_sockets_are_closed_in_every_process() -> None:
    async with two_sides() as (here, there):
        with there.listening("session:x") as far:
            here.hub.publish("session:x", CLOSE)

            assert await far.raw() is CLOSE


async def test_a_thread_may_publish_and_tell() -> None:
    asyncio.get_running_loop().set_debug(True)  # notices what a thread must not touch
    async with two_sides() as (here, there):
        told = asyncio.Event()
        there.relay.on("wake", told.set)
        with there.listening() as far:
            await asyncio.to_thread(here.say, "from a thread")
            await asyncio.to_thread(here.relay.tell, "wake")

            assert await far.text() == "from a thread"
            async with asyncio.timeout(WAIT):
                await told.wait()


async def test_a_command_reaches_every_other_process_and_its_event_loop() -> None:
    async with two_sides() as (here, there), side() as third:
        await third.until_joined()
        calls: asyncio.Queue[tuple[str, str, bool]] = asyncio.Queue()

        def noting(who: str) -> None:
            def note(reply: str) -> None:
                on_loop = threading.current_thread() is threading.main_thread()
                calls.put_nowait((who, reply, on_loop))

            sides[who].relay.on("stop", note)

        sides = {"here": here, "there": there, "third": third}
        for who in sides:
            noting(who)
        here.relay.tell("stop", reply="abc")
        async with asyncio.timeout(WAIT):
            got = {await calls.get(), await calls.get()}
        there.relay.tell("stop", reply="end")
        async with asyncio.timeout(WAIT):
            later = {await calls.get(), await calls.get()}

        assert got == {("there", "abc", True), ("third", "abc", True)}
        assert {who for who, _, _ in later} == {"here", "third"}


async def test_what_a_newer_release_commands_is_ignored(caplog: pytest.LogCaptureFixture) -> None:
    async with two_sides() as (here, there):
        with there.listening() as far:
            here.relay.tell("invented later", anything=[1, 2])
            here.say("after it")

            assert await far.text() == "after it"
    assert not caplog.records


@pytest.mark.parametrize("fields", [{"wrong": 1}, {"reply": "raises"}])
async def test_a_command_that_fails_is_logged_and_ends_nothing(
    fields: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    def stop(reply: str) -> None:
        raise RuntimeError(reply)

    async with two_sides() as (here, there):
        there.relay.on("stop", stop)
        with there.listening() as far:
            here.relay.tell("stop", **fields)
            here.say("after it")

            assert await far.text() == "after it"
    assert "command stop" in caplog.text


@pytest.mark.parametrize(
    "message",
    [
        17,
        {},
        {"origin": "x", "version": events.PROTOCOL, "number": "one"},
        {"origin": "x", "version": events.PROTOCOL, "number": 1},
        {"origin": "x", "version": events.PROTOCOL, "number": 1, "news": [1], "commands": []},
        {"origin": "x", "version": events.PROTOCOL, "number": 1, "news": [], "commands": None},
    ],
)
async def test_nonsense_is_logged_and_ends_nothing(
    message: object, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    async with two_sides() as (here, there):
        with there.listening() as far:
            await stranger(message)
            here.say("after it")

            assert await far.text() == "after it"
    assert "could not be read" in caplog.text


async def test_bytes_that_are_no_message_are_logged(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with two_sides() as (here, there):
        with there.listening() as far:
            with redis_server.client() as client:
                client.publish(f"asgi__group__{group_name()}", b"\xc1 nonsense")
            here.say("after it")

            assert await far.text() == "after it"
    assert "could not be unpacked" in caplog.text


async def test_pages_are_told_when_processes_are_joined() -> None:
    async with side() as here:
        assert not here.relay.joined
        with here.listening() as page:
            assert await page.joined() is True
        assert here.relay.joined


async def test_pages_ask_when_a_batch_of_another_process_is_missing(stranger: Stranger) -> None:
    def batch(number: int) -> dict[str, object]:
        fixed = {"origin": "a process", "version": events.PROTOCOL}
        return {**fixed, "number": number, "news": [], "commands": []}

    async with side() as here:
        await here.until_joined()
        with here.listening() as page:
            await stranger(batch(1))
            await stranger(batch(2))
            await stranger(batch(4))
            assert await page.joined() is True
            await stranger(batch(5))
            here.say("end")

            assert await page.event() == {"type": "said", "text": "end"}


async def test_a_release_that_speaks_otherwise_is_not_joined_with_us(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "SILENT_AFTER", 1)
    other = {"origin": "newer", "version": events.PROTOCOL + 1, "number": 1, "letters": "unknown"}
    async with side() as here:
        await here.until_joined()
        with here.listening() as page:
            await stranger(other)
            assert await page.joined() is False
            assert not here.relay.joined
            assert here.relay.is_connected
            assert await page.joined() is True  # it has gone


async def test_what_waits_is_sent_before_the_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_line, "CLOCK", 0.2)
    async with side() as there:
        await there.until_joined()
        with there.listening() as far:
            async with side() as here:
                await here.until_joined()
                here.say("first")
                assert await far.text() == "first"
                here.say(*range(50))  # which has to wait for the clock

            assert [await far.text() for _ in range(50)] == list(range(50))


async def test_after_the_end_nothing_is_sent_and_nothing_fails() -> None:
    async with side() as here:
        await here.until_joined()
    await here.relay.close()
    here.say("nobody hears this")
    here.relay.tell("stop", reply="x")

    assert not here.relay.joined


async def test_commands_carry_only_what_json_can_hold() -> None:
    async with side() as here:
        with pytest.raises(TypeError):
            here.relay.tell("stop", reply=object())


async def test_logging_says_nothing_of_a_quiet_life(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        async with two_sides() as (here, there):
            with there.listening() as far:
                here.say("hello")
                await far.text()

    assert not caplog.records


def test_without_redis_a_database_in_a_file_has_one_process(settings: Settings) -> None:
    settings.REDIS_URL = ""
    settings.DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
    assert Relay(Side().hub).joined


def test_without_redis_processes_on_postgres_are_not_joined(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = ""
    postgres = {"ENGINE": "django.db.backends.postgresql"}
    monkeypatch.setitem(settings.DATABASES, "default", postgres)
    assert not Relay(Side().hub).joined
