"""Stop at a process that does not make the reply: within a second when Redis joins the two, within
three without it. Deleting there stops it, too."""

import asyncio
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.servers.redis import RedisServer
from tests.support.session import JSON, WAIT, Session
from tests.system.app import App, two_apps


async def state(person: Session, path: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await person.http.get(f"{path}/state", headers=JSON)).json()
    return answer


async def seconds_to_stop(one: App, two: App, question: str, shown: str) -> float:
    """Return the seconds from the Stop at the second process to the end in the first."""
    conversation = uuid.uuid4()
    async with Session.signed_in(one.url) as person, person.listening() as socket:
        async with asyncio.timeout(WAIT):
            await person.send(conversation, question)
            await socket.until("message.created")
            reply = (await socket.until("message.created"))[-1]
            path = f"/c/{conversation}/replies/{reply['message']}"
            while shown not in (before := (await state(person, path))["text"]):
                await socket.until("reply.patch")
            asked = time.monotonic()
            await person.post(f"{two.url}{path}/stop")
            await socket.until("message.finished")
            took = time.monotonic() - asked
        ended = await state(person, path)
        assert ended["status"] == "stopped"
        assert ended["text"].startswith(before)
        return took


async def check_the_trash_of_two_processes(one: App, two: App) -> None:
    """Delete at one process what the other one makes, and restore it there."""
    conversation = uuid.uuid4()
    async with Session.signed_in(one.url) as person, person.listening() as socket:
        async with asyncio.timeout(WAIT):
            await person.send(conversation, "/long 2000")
            reply = (await socket.until("reply.patch"))[-1]["reply"]
            path = f"/c/{conversation}/replies/{reply}"
            while " 3 " not in (before := (await state(person, path))["text"]):
                await socket.until("reply.patch")
            await person.post(f"{two.url}/c/{conversation}/deletion")
            await socket.until("conversation.deleted")
            gone = await person.http.get(f"/c/{conversation}/", headers=JSON)
            await person.post(f"/c/{conversation}/restoration")
            [*_others, restored] = await socket.until("sidebar.changed")
            while (after := await state(person, path))["running"]:
                await socket.event()
    assert gone.status_code == 404
    assert restored["restored"] == [str(conversation)]
    assert after["status"] == "stopped"
    assert after["text"].startswith(before)


@pytest.mark.long
async def test_a_remote_stop_takes_a_second_with_redis(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    with two_apps(tmp_path, CHAT_DEMO_RATE="50", REDIS_URL=redis_server.url) as (one, two):
        await check_the_trash_of_two_processes(one, two)
        assert await seconds_to_stop(one, two, "/long 2000", " 3 ") < 1
        assert await seconds_to_stop(one, two, "/silent 30 Silent for long", "") < 1


@pytest.mark.long
async def test_a_remote_stop_takes_three_seconds_without_redis(tmp_path: Path) -> None:
    with two_apps(tmp_path, CHAT_DEMO_RATE="50") as (one, two):
        assert await seconds_to_stop(one, two, "/long 2000", " 3 ") < 3
