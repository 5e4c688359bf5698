"""What waits for Redis is in order, numbered and bounded."""

import asyncio

import pytest

from chatapp.realtime import outgoing
from chatapp.realtime.outgoing import Outbox


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Outbox:
    monkeypatch.setattr(outgoing, "MAX_WAITING", 10)
    box = Outbox()
    box.open()
    return box


async def test_everything_that_waits_goes_in_one_batch(box: Outbox) -> None:
    box.publish("a", "1")
    box.publish("b", None)
    box.publish("a", "2")
    box.tell("stop", "{}")

    assert box.take() == (1, [("a", "1"), ("b", None), ("a", "2")], [("stop", "{}")])
    assert box.take() == (2, [], [])


async def test_there_is_room_for_so_much_only(box: Outbox) -> None:
    box.publish("a", "12345")
    box.publish("a", "123456")
    box.publish("a", "12345")
    box.tell("stop", "{}")

    assert box.take().news == [("a", "12345"), ("a", "12345")]


async def test_after_a_batch_there_is_room_again(box: Outbox) -> None:
    for _ in range(3):
        box.publish("a", "1234567890")
        assert len(box.take().news) == 1


async def test_one_event_may_be_larger_than_the_room(box: Outbox) -> None:
    box.publish("a", "x" * 100)
    box.publish("a", "y")

    assert box.take().news == [("a", "x" * 100)]


@pytest.mark.parametrize("loss", ["no room", "shut", "shut while it waits"])
async def test_what_is_dropped_leaves_a_hole_in_the_numbers(box: Outbox, loss: str) -> None:
    before = box.take().number
    if loss == "shut":
        box.shut()
    box.publish("a", "x" * 10)
    if loss == "no room":
        box.publish("a", "one too many")
    if loss == "shut while it waits":
        box.shut()
    box.open()

    assert box.take().number > before + 1


async def test_a_shut_box_takes_nothing(box: Outbox) -> None:
    box.publish("a", "before")
    box.shut()
    box.publish("a", "after")
    box.tell("stop", "{}")

    assert len(box) == 0


async def test_the_sender_sleeps_until_something_comes(box: Outbox) -> None:
    waiting = asyncio.create_task(box.filled(10))
    await asyncio.sleep(0)
    assert not waiting.done()
    box.tell("stop", "{}")

    await waiting
    await box.filled(10)  # it still waits
    box.take()
    await box.filled(0.01)  # nothing comes: back after the time given
