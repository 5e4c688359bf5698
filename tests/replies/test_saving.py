"""Running replies are saved together; a failing one doesn't affect the others."""

import asyncio

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, Progress, add_exchange
from chatapp.conversations.models.saving import Snapshot
from chatapp.inference import Finished, TextDelta
from chatapp.replies import generation, saving
from tests.replies.test_leases import Gate, quick_saves
from tests.support.replies import answering, new_message, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


async def until_saved(exchange: Exchange, text: str) -> None:
    """Wait until the row of a running reply has this text."""
    async with asyncio.timeout(5):
        while (await outcome(exchange)).text != text:  # noqa: ASYNC110  (no event reports a save)
            await asyncio.sleep(0.01)


async def test_a_running_reply_is_saved_as_it_grows(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_saves(monkeypatch)
    first, second = Gate(), Gate()
    with answering(TextDelta("One "), first, TextDelta("two."), second, Finished("stop")):
        generation.start(running.reply)
        await until_saved(running, "One ")
        first.opened.set()
        await until_saved(running, "One two.")
        second.opened.set()
        await asyncio.wait(background.running("reply:"))


async def test_two_replies_one_after_the_other_are_both_saved(
    owner: Person, running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_saves(monkeypatch)
    for text in ("first", "second"):
        exchange = await background.in_thread(add_exchange, owner, new_message(text))
        gate = Gate()
        with answering(TextDelta(text), gate, Finished("stop")):
            generation.start(exchange.reply)
            await until_saved(exchange, text)
            gate.opened.set()
            await asyncio.wait(background.running("reply:"))


async def test_a_reply_that_cannot_be_saved_does_not_affect_the_others(
    owner: Person, running: Exchange
) -> None:
    other = await background.in_thread(add_exchange, owner, new_message("Also"))
    for exchange in (running, other):
        await background.in_thread(exchange.reply.begin)
    snapshots = [
        Snapshot(running.reply, Progress("bad", thought_seconds="long")),  # type: ignore[arg-type]
        Snapshot(other.reply, Progress("fine")),
    ]

    unwanted = await background.in_thread(
        saving._save_and_look, snapshots, [running.reply, other.reply]
    )

    assert unwanted == set()
    assert (await Message.objects.aget(pk=other.reply.pk)).text == "fine"
