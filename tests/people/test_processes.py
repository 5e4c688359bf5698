"""Somebody is deactivated at one process; within two seconds nothing of theirs runs in another."""

import asyncio
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import websockets

from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.servers.marks import needs_postgres
from tests.servers.postgres import running_postgres
from tests.servers.redis import RedisServer
from tests.support.people import MEMBER, OWNER
from tests.support.session import JSON, WAIT, Session, Socket

pytestmark = [needs_postgres, pytest.mark.long]
SECONDS = 2


async def seconds_until_out(one: AppProcess, two: AppProcess) -> None:
    """Deactivate at the second process whose reply the first one makes."""
    conversation = uuid.uuid4()
    async with (
        asyncio.timeout(4 * WAIT),
        Session.signed_in(one.url, MEMBER) as person,
        Session.signed_in(two.url) as owner,
        person.listening() as near,
    ):
        async with person.listening(two.url) as far:
            await person.send(conversation, "/silent 30 Silent for long")
            await near.until("message.created")
            reply = (await near.until("message.created"))[-1]["message"]
            page = f"/people/{await id_of(person)}"
            asked = time.monotonic()
            await owner.post(f"{page}/deactivation")
            for socket in (near, far):
                await closed(socket)
            assert time.monotonic() - asked < SECONDS
        for url in (one.url, two.url):
            answer = await person.http.get(f"{url}/c/{conversation}/", headers=JSON)
            assert answer.status_code == 401
        await owner.post(f"{page}/reactivation")
        await person.sign_in(MEMBER)
        path = f"/c/{conversation}/replies/{reply}/state"
        assert (await person.get(path)).json()["status"] == "stopped"


async def closed(socket: Socket) -> None:
    with pytest.raises(websockets.ConnectionClosed):
        await socket.until("never")


async def id_of(person: Session) -> str:
    found: str = (await person.get("/account/session")).json()["person"]
    return found


@contextmanager
def apps(folder: Path, **config_vars: str) -> Iterator[Sequence[AppProcess]]:
    with running_postgres(folder) as postgres:
        environment = app_environment(DATABASE_URL=postgres.create_database("chat"), **config_vars)
        prepare_database(environment, OWNER, MEMBER)
        with running_apps(folder, 2, environment) as both:
            yield both


async def test_deactivation_reaches_another_process_without_redis(
    tmp_path: Path, demo_url: str
) -> None:
    with apps(tmp_path, INFERENCE_URL=demo_url) as (one, two):
        await seconds_until_out(one, two)


async def test_deactivation_reaches_another_process_with_redis(
    tmp_path: Path, redis_server: RedisServer, demo_url: str
) -> None:
    with apps(tmp_path, INFERENCE_URL=demo_url, REDIS_URL=redis_server.url) as (one, two):
        await seconds_until_out(one, two)
