"""Real processes, joined by a real Redis."""

import asyncio
import json
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import websockets
from django.conf import settings as installed
from pytest_django import Settings

from chatapp.realtime.hub import CLOSE
from tests.realtime.peers import GROUP, WAIT, running_peer
from tests.servers.redis import RedisServer
from tests.support.session import Session
from tests.system.app import App, running_app, two_apps

ROOT = Path(installed.ROOT)
LOCAL = ("pulse", "joined", "reply.remote")  # each process tells its own pages


class OtherProcess:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def send_order(self, **order: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order).encode() + b"\n")

    async def next_output(self) -> dict[str, Any]:
        """Return what the process prints next, and skip `joined` events."""
        while (shown := await self.line()).get("type") == "joined":
            pass
        return shown

    async def line(self) -> dict[str, Any]:
        assert self.process.stdout
        async with asyncio.timeout(WAIT):
            line: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return line


@asynccontextmanager
async def other_process(redis_url: str) -> AsyncIterator[OtherProcess]:
    """Run a second process, joined with all processes of this Redis."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.realtime.other_process"),
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": redis_url, "DJANGO_SETTINGS_MODULE": "chatapp.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    beside = OtherProcess(process)
    assert process.stdin
    try:
        assert (await beside.line())["value"] is True
        yield beside
    finally:
        process.stdin.close()
        async with asyncio.timeout(WAIT):
            assert await process.wait() == 0


async def test_two_processes_exchange_events_and_commands(
    redis_server: RedisServer, settings: Settings
) -> None:
    settings.REDIS_URL = redis_server.url
    async with running_peer() as here, other_process(redis_server.url) as there:
        await here.until_joined()
        commands: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        here.relay.on("echo", lambda **fields: commands.put_nowait(fields))
        with here.listening() as near:
            for number in range(200):
                here.publish_text(number)
                there.send_order(publish={"type": "text", "text": -number})
            mine = [await near.text() for _ in range(400)]
            theirs = [(await there.next_output())["text"] for _ in range(400)]

            for heard in (mine, theirs):
                assert [n for n in heard if n > 0] == list(range(1, 200))
                assert [n for n in heard if n < 0] == [-n for n in range(1, 200)]
            here.relay.send_command("echo", reply="from here")
            assert await there.next_output() == {"command": {"reply": "from here"}}
            there.send_order(send={"reply": "from there"})
            async with asyncio.timeout(WAIT):
                assert await commands.get() == {"reply": "from there"}
            here.hub.publish(GROUP, CLOSE)
            assert await there.next_output() == {"closed": True}
            there.send_order(close=GROUP)
            assert await near.raw() is CLOSE  # our own
            assert await near.raw() is CLOSE


def test_without_redis_its_packages_are_not_loaded() -> None:
    script = (
        "import asyncio, sys, django; django.setup()\n"
        "import chatapp.asgi\n"
        "from chatapp.realtime.relay import relay\n"
        "async def live(): relay.start(); relay.send_command('sweep'); await relay.close()\n"
        "asyncio.run(live())\n"
        "print([n for n in sys.modules if n.split('.')[0] in ('redis', 'channels_redis')])"
    )
    clean = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "chatapp.settings"}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=clean, cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


@pytest.fixture
def apps(tmp_path: Path, redis_server: RedisServer) -> Iterator[tuple[App, App]]:
    with two_apps(tmp_path, REDIS_URL=redis_server.url, CHAT_DEMO_RATE="200") as apps:
        yield apps


@pytest.mark.long
async def test_a_tab_of_another_process_follows_a_reply_and_a_sign_out(
    apps: tuple[App, App],
) -> None:
    one, two = apps
    async with (
        Session.signed_in(one.url) as person,
        person.listening(one.url) as here,
        person.listening(two.url) as there,
    ):
        await here.until_joined()
        await there.until_joined()
        await person.send(uuid.uuid4(), "Tell me a story")
        async with asyncio.timeout(WAIT):
            near, far = await here.until("message.finished"), await there.until("message.finished")
        send_order = [event for event in near if event["type"] not in LOCAL]

        assert any(event["type"] == "reply.patch" for event in send_order)
        assert [event for event in far if event["type"] not in LOCAL] == send_order

        await person.post("/account/sign-out/")
        with pytest.raises(websockets.ConnectionClosed) as closed:
            await there.until("never")
        assert closed.value.rcvd
        assert closed.value.rcvd.code == 1012


@pytest.fixture
def app(tmp_path: Path, redis_server: RedisServer) -> Iterator[App]:
    with running_app(tmp_path, REDIS_URL=redis_server.url) as app:
        yield app


async def test_readiness_reports_whether_redis_answers(app: App, redis_server: RedisServer) -> None:
    async with Session.signed_in(app.url) as person, person.listening() as socket:
        await socket.until_joined()
        assert ready(app) == (200, {"database": "ok", "redis": "ok"})
        redis_server.stop()
        await socket.until("joined")
        status, report = ready(app)
        assert status == 503
        assert "Redis doesn't answer" in report["redis"]
        assert report["database"] == "ok"
        redis_server.start()
        await socket.until("joined")
        assert ready(app)[0] == 200


def ready(app: App) -> tuple[int, dict[str, str]]:
    answer = httpx.get(f"{app.url}/readyz")
    return answer.status_code, answer.json()
