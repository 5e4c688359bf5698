"""What a waiting reply shows: nothing at first, then its place, without flicker."""

import asyncio

import pytest

from chatapp.conversations.models import LiveStatus
from chatapp.inference import Waiting
from chatapp.replies.line import Standing
from chatapp.replies.waiting import ServiceWait
from tests.spending.line.virtual_time import play


class Shown:
    def __init__(self) -> None:
        self.wait = ServiceWait(lambda: self.changes.append(self.status))
        self.changes: list[LiveStatus] = []

    @property
    def status(self) -> LiveStatus:
        return self.wait.status(None)

    @property
    def last(self) -> tuple[int | None, float | None]:
        """Return the place and the seconds of the last change."""
        assert self.changes
        return self.changes[-1].replies_before, self.changes[-1].waits_for


def test_a_short_wait_shows_nothing() -> None:
    async def wait() -> None:
        shown = Shown()
        shown.wait.stand(Standing(0, 0.5))
        await asyncio.sleep(0.9)
        assert not shown.wait.is_on
        shown.wait.stand(None)
        await asyncio.sleep(5)
        assert shown.changes == []

    play(wait())


def test_a_longer_one_shows_the_place_and_what_changes() -> None:
    async def wait() -> None:
        shown = Shown()
        shown.wait.stand(Standing(3, 20.0))
        await asyncio.sleep(2)
        assert shown.last == (3, pytest.approx(19))
        shown.wait.stand(Standing(3, 17.0))  # as the countdown shows already, nearly
        assert len(shown.changes) == 1
        shown.wait.stand(Standing(2, 17.0))
        assert shown.last == (2, pytest.approx(17))
        shown.wait.stand(Standing(2, 30.0))
        assert shown.last == (2, pytest.approx(30))
        shown.wait.stand(None)
        await asyncio.sleep(1)
        assert shown.changes[-1] == LiveStatus()

    play(wait())


def test_a_refusal_at_once_doesnt_flicker() -> None:
    async def wait() -> None:
        shown = Shown()
        shown.wait.stand(Standing(0, 2.0))
        await asyncio.sleep(2)
        shown.wait.stand(None)
        await asyncio.sleep(0.2)
        shown.wait.stand(Standing(0, 8.0))
        await asyncio.sleep(3)
        assert [change.replies_before for change in shown.changes] == [0, 0]

    play(wait())


def test_another_failure_replaces_the_place() -> None:
    async def wait() -> None:
        shown = Shown()
        shown.wait.stand(Standing(0, 2.0))
        await asyncio.sleep(1.5)
        shown.wait.begin(Waiting(1.0, "The service isn't available right now."))
        assert shown.last == (None, pytest.approx(1))
        await asyncio.sleep(2)
        assert shown.changes[-1] == LiveStatus()

    play(wait())
