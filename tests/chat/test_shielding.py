"""Work that a view waits for runs in a task, which requests with the same name share."""

import asyncio

import pytest

from chatapp.chat.views.shielding import shielded


class Refused(Exception):
    pass


async def refuse(released: asyncio.Event) -> str:
    await released.wait()
    raise Refused


async def test_all_requests_that_share_a_task_get_its_refusal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    released = asyncio.Event()
    both = asyncio.gather(
        *(shielded("refused", refuse(released), Refused) for _ in range(2)), return_exceptions=True
    )
    await asyncio.sleep(0)  # both requests wait for the task now
    released.set()

    assert [type(each) for each in await both] == [Refused, Refused]
    assert not caplog.records


async def test_an_error_that_is_no_refusal_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    released = asyncio.Event()
    released.set()

    with pytest.raises(Refused):
        await shielded("failed", refuse(released), ValueError)

    assert "The task failed ended with an error" in caplog.text


async def test_work_continues_when_its_request_is_cancelled() -> None:
    begun, released, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await released.wait()
        done.set()

    request = asyncio.create_task(shielded("continues", work()))
    await begun.wait()
    request.cancel()
    await asyncio.wait({request})
    released.set()

    async with asyncio.timeout(5):
        await done.wait()
