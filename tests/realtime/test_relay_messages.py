"""Messages from other processes: commands, invalid ones, gaps, and those of a newer release."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

import pytest
from pytest_django import Settings

from chatapp.realtime import peers, protocol
from chatapp.realtime.redis_connection import RedisPubSubChannelLayer, group_name
from tests.realtime.peers import WAIT, running_peer, two_peers
from tests.servers.redis import RedisServer

type Stranger = Callable[[object], Awaitable[None]]


@pytest.fixture(autouse=True)
def _redis(redis_server: RedisServer, settings: Settings) -> None:
    settings.REDIS_URL = redis_server.url


@pytest.fixture
async def stranger(redis_server: RedisServer) -> AsyncIterator[Stranger]:
    """Return a function that sends any message to all processes."""
    layer = RedisPubSubChannelLayer(hosts=[redis_server.url])
    yield partial(layer.group_send, group_name())
    await layer.flush()


async def test_a_command_reaches_every_other_process_and_its_event_loop() -> None:
    async with two_peers() as (here, there), running_peer() as third:
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
        here.relay.send_command("stop", reply="abc")
        async with asyncio.timeout(WAIT):
            got = {await calls.get(), await calls.get()}
        there.relay.send_command("stop", reply="end")
        async with asyncio.timeout(WAIT):
            later = {await calls.get(), await calls.get()}

        assert got == {("there", "abc", True), ("third", "abc", True)}
        assert {who for who, _, _ in later} == {"here", "third"}


async def test_an_unknown_command_of_a_newer_release_is_ignored(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with two_peers() as (here, there):
        with there.listening() as far:
            here.relay.send_command("invented later", anything=[1, 2])
            here.publish_text("after it")

            assert await far.text() == "after it"
    assert not caplog.records


@pytest.mark.parametrize("fields", [{"wrong": 1}, {"reply": "raises"}])
async def test_a_failing_command_is_logged_and_does_not_stop_the_relay(
    fields: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    def stop(reply: str) -> None:
        raise RuntimeError(reply)

    async with two_peers() as (here, there):
        there.relay.on("stop", stop)
        with there.listening() as far:
            here.relay.send_command("stop", **fields)
            here.publish_text("after it")

            assert await far.text() == "after it"
    assert "command stop" in caplog.text


@pytest.mark.parametrize(
    "message",
    [
        17,
        {},
        {"origin": "x", "version": protocol.PROTOCOL, "number": "one"},
        {"origin": "x", "version": protocol.PROTOCOL, "number": 1},
        {"origin": "x", "version": protocol.PROTOCOL, "number": 1, "news": [1], "commands": []},
        {"origin": "x", "version": protocol.PROTOCOL, "number": 1, "news": [], "commands": None},
    ],
)
async def test_an_invalid_message_is_logged_and_does_not_stop_the_relay(
    message: object, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    async with two_peers() as (here, there):
        with there.listening() as far:
            await stranger(message)
            here.publish_text("after it")

            assert await far.text() == "after it"
    assert "couldn't be read" in caplog.text


async def test_bytes_that_are_not_a_message_are_logged(
    redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with two_peers() as (here, there):
        with there.listening() as far:
            with redis_server.client() as client:
                client.publish(f"asgi__group__{group_name()}", b"\xc1 nonsense")
            here.publish_text("after it")

            assert await far.text() == "after it"
    assert "couldn't be unpacked" in caplog.text


async def test_pages_ask_for_state_when_a_remote_batch_is_missing(stranger: Stranger) -> None:
    def batch(number: int) -> dict[str, object]:
        fixed = {"origin": "a process", "version": protocol.PROTOCOL}
        return {**fixed, "number": number, "news": [], "commands": []}

    async with running_peer() as here:
        await here.until_joined()
        with here.listening() as page:
            await stranger(batch(1))
            await stranger(batch(2))
            await stranger(batch(4))
            assert await page.joined() is True
            await stranger(batch(5))
            here.publish_text("end")

            assert await page.event() == {"type": "text", "text": "end"}


async def test_a_release_with_another_protocol_version_is_not_joined(
    stranger: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "MAX_SILENT_SECONDS", 1)
    other = {"origin": "newer", "version": protocol.PROTOCOL + 1, "number": 1, "letters": "unknown"}
    async with running_peer() as here:
        await here.until_joined()
        with here.listening() as page:
            await stranger(other)
            assert await page.joined() is False
            assert not here.relay.joined
            assert here.relay.is_connected
            assert await page.joined() is True  # it has gone


async def test_commands_carry_only_json_values() -> None:
    async with running_peer() as here:
        with pytest.raises(TypeError):
            here.relay.send_command("stop", reply=object())
