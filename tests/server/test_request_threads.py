"""Threads that are lent to requests: one each, and kept with their connection."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from chatapp.server import request_threads
from chatapp.server.request_threads import RequestThreads, has_nothing_to_release

pytestmark = pytest.mark.django_db(transaction=True)


class Application:
    """Notes in which thread each request runs; they wait for each other, as many as they are."""

    def __init__(self, at_once: int = 1) -> None:
        self.threads: list[int] = []
        self.barrier = asyncio.Barrier(at_once)
        self.error: Exception | None = None

    async def __call__(self, *_request: Any) -> None:
        first, second = [await sync_to_async(self._look)() for _ in range(2)]
        assert first == second
        self.threads.append(first)
        await self.barrier.wait()
        if self.error:
            raise self.error

    def _look(self) -> int:
        connections["default"].ensure_connection()
        return threading.get_ident()


async def ask(threads: RequestThreads) -> None:
    await threads({}, None, None)  # type: ignore[arg-type]


@pytest.fixture
async def retired(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[RequestThreads]]:
    """Whatever is put here ends with the test."""
    used: list[RequestThreads] = []
    yield used
    for thread in [thread for each in used for thread in each._idle]:
        thread.retire()


async def test_a_thread_waits_for_the_next_request(retired: list[RequestThreads]) -> None:
    application = Application()
    threads = RequestThreads(application)
    retired.append(threads)

    for _ in range(3):
        await ask(threads)

    assert len(set(application.threads)) == 1


async def test_requests_at_once_have_a_thread_each_and_few_stay(
    retired: list[RequestThreads],
) -> None:
    count = request_threads.MAX_IDLE + 2
    application = Application(count)
    threads = RequestThreads(application)
    retired.append(threads)

    await asyncio.gather(*(ask(threads) for _ in range(count)))

    assert len(set(application.threads)) == count
    assert len(threads._idle) == request_threads.MAX_IDLE


async def test_a_thread_ends_with_a_request_that_failed(retired: list[RequestThreads]) -> None:
    """Its connection may not have been released."""
    application = Application()
    application.error = RuntimeError()
    threads = RequestThreads(application)
    retired.append(threads)

    with pytest.raises(RuntimeError):
        await ask(threads)

    assert threads._idle == []


async def test_only_a_connection_that_others_need_is_released(
    retired: list[RequestThreads], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, bool] = {}

    async def application(*_request: Any) -> None:
        seen["before"] = has_nothing_to_release()
        own = await sync_to_async(lambda: connections["default"])()
        await sync_to_async(own.ensure_connection)()
        seen["open file"] = has_nothing_to_release()
        monkeypatch.setattr(own, "vendor", "postgresql")
        seen["server"] = has_nothing_to_release()
        monkeypatch.undo()

    threads = RequestThreads(application)
    retired.append(threads)
    await ask(threads)

    assert seen["before"]
    assert seen["open file"] is (connections["default"].vendor == "sqlite")
    assert not seen["server"]
    assert not has_nothing_to_release()


async def test_a_client_that_reads_slowly_holds_no_connection(
    retired: list[RequestThreads], monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        own = await sync_to_async(lambda: connections["default"])()
        await sync_to_async(own.ensure_connection)()
        monkeypatch.setattr(own, "vendor", "postgresql")
        own.close_at = 0
        await send({"type": "http.response.start"})
        for more in (True, False):
            await send({"type": "http.response.body", "body": b"long", "more_body": more})
        monkeypatch.undo()

    async def send(event: dict[str, Any]) -> None:
        if event["type"] == "http.response.body":
            held.append(not has_nothing_to_release())

    threads = RequestThreads(application)
    retired.append(threads)
    await threads({}, None, send)  # type: ignore[arg-type]

    assert held == [False, False]
