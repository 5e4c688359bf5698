"""A process renews its leases, releases them in time and takes over expired ones."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, Progress
from chatapp.conversations.models.saving import Snapshot, save_snapshots
from chatapp.inference import Finished, TextDelta
from chatapp.leases import renewal
from chatapp.replies import generation, leases, live, taking
from chatapp.replies.prompt import building
from chatapp.replies.prompt.building import Prompt, reply_prompt
from tests.support.replies import answering, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


@pytest.fixture(autouse=True)
async def _open(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Reopen generation after a test that closed it, and check that no task remains."""
    monkeypatch.setattr(generation, "_is_closing", False)
    yield
    await background.drain(5)


class Gate:
    """A place where a stream waits until the test opens it."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def __call__(self, request: object) -> None:
        self.reached.set()
        await self.opened.wait()


def quick_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    for pace in ("SAVE_SECONDS", "CHECK_SECONDS"):
        monkeypatch.setattr(f"chatapp.replies.saving.{pace}", 0.01)


async def lose(exchange: Exchange, **fields: object) -> None:
    """Leave the reply as a process that died would."""
    ago = timezone.now() - timedelta(seconds=1)
    values = {"status": "streaming", "attempt": 1, "leased_by": "dead", "leased_until": ago}
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(**values | fields)


async def swept() -> None:
    """Sweep once, and wait for the end of every reply that the sweep began."""
    for reply in await background.in_thread(leases._sweep):
        generation.take_over(reply)
    if tasks := background.running("reply:"):
        await asyncio.wait(tasks)


async def test_a_lost_reply_resumes_after_its_saved_text(running: Exchange) -> None:
    await lose(running, text="Once upon a time ", sequence=9)

    with answering(TextDelta("there was a heron."), Finished("stop")):
        await swept()

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("complete", "Once upon a time there was a heron.")
    assert (reply.attempt, reply.takeovers, reply.crashes) == (2, 1, 1)
    assert reply.resume_positions == [17]
    assert reply.sequence > 9
    assert reply.usage_is_estimated


async def test_a_queued_reply_that_no_process_began_is_made(running: Exchange) -> None:
    await lose(running, status="queued", attempt=0, leased_by="")

    with answering(TextDelta("Here."), Finished("stop")):
        await swept()

    reply = await outcome(running)
    assert (reply.status, reply.text, reply.takeovers) == ("complete", "Here.", 0)


async def test_the_third_death_ends_the_reply_with_its_saved_text(running: Exchange) -> None:
    await lose(running, text="Once", crashes=2)

    with answering(ValueError("must not be asked")):
        await swept()

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("failed", "Once")
    assert "several times" in reply.error
    assert reply.can_retry


async def test_a_lost_reply_with_a_stop_request_is_not_resumed(running: Exchange) -> None:
    await lose(running, text="Once", stop_requested_at=timezone.now())

    with answering(ValueError("must not be asked")):
        await swept()

    assert (await outcome(running)).status == "stopped"


async def test_a_reply_whose_holder_is_alive_is_not_taken_over(running: Exchange) -> None:
    await lose(running, leased_until=timezone.now() + timedelta(seconds=5))

    await swept()

    assert (await outcome(running)).attempt == 1


async def test_a_released_reply_is_saved_completely(running: Exchange) -> None:
    gate, said = Gate(), "All that was said. " * 1_000  # more than is rendered in one go
    with answering(TextDelta(said), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        generation.release_all()
        await asyncio.wait(background.running("reply:"))

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("streaming", said)
    assert (reply.leased_by, reply.leased_until) == ("", None)
    assert live.find(reply.pk) is None


async def test_a_process_that_cannot_renew_releases_before_its_lease_ends(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renewal, "LEASE", timedelta(seconds=0.4))
    monkeypatch.setattr(renewal, "LEASE_MARGIN_SECONDS", 0.2)
    monkeypatch.setattr(renewal, "RETRY_SECONDS", 0.05)
    gate = Gate()
    with (
        answering(TextDelta("Half of it"), gate),
        patch.object(Message.objects.__class__, "renew_leases", side_effect=OperationalError),
    ):
        generation.start(running.reply)
        await gate.reached.wait()
        task = background.spawn("renew leases", leases._renew_forever())
        await asyncio.wait(background.running("reply:"), timeout=5)
        task.cancel()

    reply = await outcome(running)
    assert (reply.status, reply.text, reply.leased_by) == ("streaming", "Half of it", "")


async def test_a_process_that_shuts_down_lets_short_replies_finish(running: Exchange) -> None:
    gate = Gate()
    with answering(TextDelta("All"), gate, TextDelta(" of it."), Finished("stop")):
        generation.start(running.reply)
        await gate.reached.wait()
        leaving = asyncio.create_task(generation.hand_over(5, 1))
        gate.opened.set()
        await leaving

    assert (await outcome(running)).text == "All of it."


async def test_a_process_that_shuts_down_releases_long_replies(running: Exchange) -> None:
    gate = Gate()
    with answering(TextDelta("Half"), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        await generation.hand_over(0.01, 5)

    reply = await outcome(running)
    assert (reply.status, reply.text, reply.leased_by) == ("streaming", "Half", "")
    assert await Message.objects.lost().aexists()


async def test_a_reply_that_fails_in_the_database_is_not_held(running: Exchange) -> None:
    with patch.object(building, "reply_prompt", side_effect=OperationalError("away")):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "streaming"
    assert not generation.made_here()


async def test_a_later_attempt_in_the_same_process_keeps_its_lease(running: Exchange) -> None:
    gate, later = Gate(), Gate()
    with answering(TextDelta("One "), gate):
        generation.start(running.reply)
        await gate.reached.wait()
    await lose(running, text="One ")
    other = await outcome(running)
    with answering(TextDelta("two"), later, Finished("stop")):
        generation.take_over(other)
        await later.reached.wait()
        # The overtaken stream ends by itself: the model must not be asked twice at once.
        await asyncio.wait(background.running("reply:"), return_when=asyncio.FIRST_COMPLETED)
        newer = live.find(running.reply.pk)
        assert newer
        assert newer.reply.attempt == 2
        later.opened.set()
        await asyncio.wait(background.running("reply:"))

    assert live.find(running.reply.pk) is None
    assert (await outcome(running)).text == "One two"


async def test_a_process_that_shuts_down_begins_no_reply(running: Exchange) -> None:
    generation.close()

    generation.start(running.reply)

    assert not background.running("reply:")
    assert (await outcome(running)).status == "queued"


async def test_a_delayed_process_checks_its_lease_before_calling_the_model(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "SLOW_TAKE_SECONDS", 0)

    def overtaken(reply: Message) -> Prompt:
        other = Message.objects.get(pk=reply.pk)
        Message.objects.filter(pk=reply.pk).update(leased_until=timezone.now() - timedelta(0, 1))
        assert other.take_over()
        return reply_prompt(other)

    monkeypatch.setattr(building, "reply_prompt", overtaken)
    with answering(ValueError("must not be asked")):
        generation.start(running.reply)
        await asyncio.wait(background.running("reply:"))

    reply = await outcome(running)
    assert (reply.status, reply.attempt) == ("streaming", 2)


async def test_progress_of_an_overtaken_attempt_ends_its_stream(
    running: Exchange, monkeypatch: pytest.MonkeyPatch, owner: Person
) -> None:
    quick_saves(monkeypatch)
    gate = Gate()
    with answering(TextDelta("Mine"), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        made_here = background.running("reply:")
        other = await Message.objects.aget(pk=running.reply.pk)
        await lose(running)
        assert await background.in_thread(other.take_over)
        await asyncio.wait(made_here, timeout=5)

    await background.in_thread(save_snapshots, [Snapshot(other, Progress("Theirs"))])
    assert (await outcome(running)).text == "Theirs"
