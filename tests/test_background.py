"""Named tasks that outlive the request or task that started them."""

import asyncio
import contextvars
import logging
import threading

import pytest

from chatapp import background

request_context: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="none")


async def test_a_task_does_not_inherit_the_context_of_a_request() -> None:
    request_context.set("a request")

    async def look() -> str:
        return request_context.get()

    assert await background.spawn("look", look()) == "none"


async def test_one_name_is_one_task() -> None:
    release = asyncio.Event()

    async def wait() -> str:
        await release.wait()
        return "first"

    first = background.spawn("one", wait())
    second = background.spawn("one", wait())
    assert second is first
    assert background.find("one") is first
    release.set()

    assert await second == "first"
    await asyncio.sleep(0)
    assert background.find("one") is None


async def test_cancel_returns_whether_there_was_a_task() -> None:
    task = background.spawn("endless", asyncio.Event().wait())

    assert background.cancel("endless")
    await asyncio.wait({task})
    assert task.cancelled()
    assert not background.cancel("endless")


async def test_an_error_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise RuntimeError("on purpose")

    with caplog.at_level(logging.ERROR):
        await asyncio.wait({background.spawn("failing", fail())})
        await asyncio.sleep(0)

    assert "failing" in caplog.text
    assert "on purpose" in caplog.text


async def test_drain_waits_for_cleanup() -> None:
    begun, cleaned = asyncio.Event(), []

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(True)

    background.spawn("work", work())
    await begun.wait()
    await background.drain(5)

    assert cleaned


async def test_a_thread_starts_a_task_on_the_loop_that_waits_for_it() -> None:
    done = asyncio.Event()

    async def work() -> None:
        done.set()

    await background.in_thread(background.spawn_from_thread, "from a thread", work)

    async with asyncio.timeout(5):
        await done.wait()


async def test_a_cancelled_wait_for_a_thread_starts_nothing() -> None:
    begun, released = threading.Event(), threading.Event()

    def function() -> None:
        begun.set()
        released.wait(5)
        background.spawn_from_thread("too late", asyncio.Event().wait)

    waiting = asyncio.create_task(background.in_thread(function))
    await asyncio.to_thread(begun.wait, 5)
    waiting.cancel()
    released.set()
    await asyncio.wait({waiting})
    await background.in_thread(int)  # the writers have time to end

    assert background.find("too late") is None


async def test_work_in_threads_runs_concurrently() -> None:
    together = threading.Barrier(2)

    both = asyncio.gather(
        background.in_thread(together.wait, 5), background.in_thread(together.wait, 5)
    )

    assert sorted(await both) == [0, 1]
