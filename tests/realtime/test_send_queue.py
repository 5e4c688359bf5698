"""The queue for Redis is in order, numbered and limited."""

import asyncio

import pytest

from chatapp.realtime import send_queue
from chatapp.realtime.send_queue import SendQueue


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> SendQueue:
    monkeypatch.setattr(send_queue, "MAX_QUEUED_CHARACTERS", 10)
    queue = SendQueue()
    queue.open()
    return queue


async def test_everything_that_is_queued_is_sent_in_one_batch(queue: SendQueue) -> None:
    queue.add_event("a", "1")
    queue.add_event("b", None)
    queue.add_event("a", "2")
    queue.add_command("stop", "{}")

    assert queue.take() == (1, [("a", "1"), ("b", None), ("a", "2")], [("stop", "{}")])
    assert queue.take() == (2, [], [])


async def test_the_size_of_the_queue_is_limited(queue: SendQueue) -> None:
    queue.add_event("a", "12345")
    queue.add_event("a", "123456")
    queue.add_event("a", "12345")
    queue.add_command("stop", "{}")

    assert queue.take().events == [("a", "12345"), ("a", "12345")]


async def test_a_batch_empties_the_queue(queue: SendQueue) -> None:
    for _ in range(3):
        queue.add_event("a", "1234567890")
        assert len(queue.take().events) == 1


async def test_a_single_event_may_exceed_the_limit(queue: SendQueue) -> None:
    queue.add_event("a", "x" * 100)
    queue.add_event("a", "y")

    assert queue.take().events == [("a", "x" * 100)]


@pytest.mark.parametrize("loss", ["full", "closed", "closed while it has events"])
async def test_dropped_events_leave_a_gap_in_the_numbers(queue: SendQueue, loss: str) -> None:
    before = queue.take().number
    if loss == "closed":
        queue.close()
    queue.add_event("a", "x" * 10)
    if loss == "full":
        queue.add_event("a", "one too many")
    if loss == "closed while it has events":
        queue.close()
    queue.open()

    assert queue.take().number > before + 1


async def test_a_closed_queue_takes_nothing(queue: SendQueue) -> None:
    queue.add_event("a", "before")
    queue.close()
    queue.add_event("a", "after")
    queue.add_command("stop", "{}")

    assert len(queue) == 0


async def test_the_sender_waits_until_something_is_queued(queue: SendQueue) -> None:
    waiting = asyncio.create_task(queue.filled(10))
    await asyncio.sleep(0)
    assert not waiting.done()
    queue.add_command("stop", "{}")

    await waiting
    await queue.filled(10)  # it still waits
    queue.take()
    await queue.filled(0.01)  # nothing comes: back after the time given
