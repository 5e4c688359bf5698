"""Large bodies share a number of bytes, for everybody and for one person."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from chatapp.server.bodies.capacity import Capacity

LONG = 60.0  # seconds that no test takes


@pytest.fixture
async def capacity() -> AsyncIterator[Capacity]:
    async with asyncio.timeout(LONG / 2):
        yield Capacity(total=10, share=6, patience=LONG)


async def waiting(capacity: Capacity, person: str, size: int) -> asyncio.Task[bool]:
    """A request that has begun to wait."""
    task = asyncio.create_task(capacity.acquire(person, size))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not task.done()
    return task


async def test_everybody_together_holds_no_more_than_the_total(capacity: Capacity) -> None:
    assert await capacity.acquire("Ada", 6)
    assert await capacity.acquire("Bob", 4)

    third = await waiting(capacity, "Cleo", 1)
    capacity.release("Bob", 4)

    assert await third


async def test_a_person_leaves_capacity_for_others(capacity: Capacity) -> None:
    assert await capacity.acquire("Ada", 6)

    more = await waiting(capacity, "Ada", 1)
    assert await capacity.acquire("Bob", 4)
    capacity.release("Bob", 4)
    await asyncio.sleep(0)
    assert not more.done()

    capacity.release("Ada", 6)
    assert await more


async def test_a_small_body_does_not_wait_behind_a_large_one(capacity: Capacity) -> None:
    assert await capacity.acquire("Ada", 6)
    large = await waiting(capacity, "Bob", 5)

    assert await capacity.acquire("Cleo", 4)

    capacity.release("Ada", 6)
    assert await large


async def test_a_body_that_waits_too_long_holds_nothing() -> None:
    capacity = Capacity(total=10, share=10, patience=0.01)
    assert await capacity.acquire("Ada", 10)

    assert not await capacity.acquire("Bob", 1)

    capacity.release("Ada", 10)
    assert await capacity.acquire("Bob", 10)


async def test_a_client_that_disconnects_while_waiting_holds_nothing(capacity: Capacity) -> None:
    assert await capacity.acquire("Ada", 6)
    gone = await waiting(capacity, "Bob", 6)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone

    capacity.release("Ada", 6)

    assert await capacity.acquire("Cleo", 6)
    assert await capacity.acquire("Ada", 4)
