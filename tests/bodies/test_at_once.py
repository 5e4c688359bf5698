"""How many large bodies are read at once, and for how long."""

import asyncio
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings as configured

from chatapp.server.bodies import body as bodies
from chatapp.server.bodies.capacity import Capacity
from chatapp.server.bodies.limit import BodyLimit
from tests.bodies.kit import Application, Client, request, url

SMALL = configured.MAX_BODY_BYTES
TEXT = configured.DATA_UPLOAD_MAX_MEMORY_SIZE


class Trickle(Client):
    """Begins a body and never goes on, until it leaves."""

    def __init__(self) -> None:
        super().__init__(64 * 1024)
        self.has_begun = asyncio.Event()
        self.leaves = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.read:
            self.has_begun.set()
            await self.leaves.wait()
            return {"type": "http.disconnect"}
        return {**await super().receive(), "more_body": True}


def limited(patience: float, total: int = 4 * TEXT, share: int = 2 * TEXT) -> BodyLimit:
    async def by_cookie(scope: Any) -> str:
        return dict(scope["headers"])[b"cookie"].decode()

    return BodyLimit(Application(), by_cookie, Capacity(total, share, patience))


def upload_of(person: str, size: int | None = TEXT) -> dict[str, Any]:
    scope = request(url("messages"), size)
    scope["headers"].append((b"cookie", person.encode()))
    return scope


async def begin(limit: BodyLimit, person: str) -> tuple[Trickle, asyncio.Task[None]]:
    client = Trickle()
    task = asyncio.create_task(limit(upload_of(person), client.receive, client.send))
    async with asyncio.timeout(5):
        await client.has_begun.wait()
    return client, task


async def status_of(limit: BodyLimit, person: str, size: int | None = TEXT) -> int:
    client = Client(size or TEXT)
    async with asyncio.timeout(20):
        await limit(upload_of(person, size), client.receive, client.send)
    return client.status


async def test_a_person_does_not_use_the_quota_of_others() -> None:
    limit = limited(patience=0.02)
    tasks = [await begin(limit, "Ada") for _ in range(2)]

    assert await status_of(limit, "Ada") == HTTPStatus.SERVICE_UNAVAILABLE
    assert await status_of(limit, "Bob") == HTTPStatus.OK

    for client, task in tasks:
        client.leaves.set()
        await task
    assert await status_of(limit, "Ada") == HTTPStatus.OK


async def test_all_large_bodies_together_are_bounded() -> None:
    limit = limited(patience=0.02)
    tasks = [await begin(limit, person) for person in ("Ada", "Ada", "Bob", "Cleo")]

    assert await status_of(limit, "Dan") == HTTPStatus.SERVICE_UNAVAILABLE
    assert await status_of(limit, "Dan", None) == HTTPStatus.SERVICE_UNAVAILABLE  # in chunks
    small = Client(SMALL)
    await limit(upload_of("Dan", SMALL), small.receive, small.send)
    assert small.status == HTTPStatus.OK

    for client, task in tasks:
        client.leaves.set()
        await task


async def test_a_large_body_waits_for_its_turn() -> None:
    limit = limited(patience=20, total=TEXT, share=TEXT)
    client, begun = await begin(limit, "Ada")
    waiting = asyncio.create_task(status_of(limit, "Bob"))
    await asyncio.sleep(0)

    client.leaves.set()

    assert await waiting == HTTPStatus.OK
    await begun


async def test_an_answer_that_is_read_slowly_holds_no_capacity() -> None:
    limit = limited(patience=0.02, total=TEXT, share=TEXT)
    is_reading = asyncio.Event()
    may_end = asyncio.Event()

    async def send(event: dict[str, Any]) -> None:
        is_reading.set()
        await may_end.wait()

    slow = asyncio.create_task(limit(upload_of("Ada"), Client(TEXT).receive, send))
    async with asyncio.timeout(5):
        await is_reading.wait()

    assert await status_of(limit, "Bob") == HTTPStatus.OK
    may_end.set()
    await slow


async def test_a_body_that_trickles_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.05)
    monkeypatch.setattr(bodies, "MIN_BYTES_PER_SECOND", 10**9)
    monkeypatch.setattr(bodies, "MAX_LINGER_SECONDS", 0.01)
    limit = limited(patience=0.02, total=TEXT, share=TEXT)
    client, task = await begin(limit, "Ada")

    async with asyncio.timeout(5):
        await task

    assert client.status == HTTPStatus.REQUEST_TIMEOUT
    assert await status_of(limit, "Bob") == HTTPStatus.OK


async def test_a_slow_body_that_keeps_the_pace_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0)
    monkeypatch.setattr(bodies, "MIN_BYTES_PER_SECOND", 1)  # byte per second

    assert await status_of(limited(patience=1), "Ada") == HTTPStatus.OK
