"""Stop works from any process, also when the process that made the reply has died."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, add_exchange
from chatapp.inference import TextDelta
from chatapp.inference.message_order import arrange
from chatapp.realtime.relay import relay
from chatapp.replies import generation, stopping
from chatapp.replies.prompt.building import reply_prompt
from tests.replies.test_leases import Gate, quick_saves
from tests.support.replies import answering, new_message, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


async def made_remotely(exchange: Exchange, **fields: object) -> Message:
    """Store the reply as one that another process makes, and return it."""
    held = timezone.now() + timedelta(seconds=5)
    values = {"status": "streaming", "attempt": 1, "leased_by": "other", "leased_until": held}
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(**values | fields)
    return await outcome(exchange)


async def stopped(reply: Message) -> None:
    await stopping.stop(reply)
    if task := background.find(f"stop:{reply.pk}"):
        await task


async def test_a_local_reply_ends_at_once(running: Exchange) -> None:
    gate = Gate()
    with answering(TextDelta("Half"), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        await stopping.stop(running.reply)
        await asyncio.wait(background.running("reply:"), timeout=1)

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("stopped", "Half")


async def test_a_reply_without_a_holder_ends_at_once(running: Exchange) -> None:
    reply = await made_remotely(running, text="Half", leased_until=None)

    await stopped(reply)

    assert (await outcome(running)).status == "stopped"


async def test_a_remote_reply_can_be_stopped(running: Exchange) -> None:
    stopping.start()
    gate = Gate()
    with answering(TextDelta("Half"), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        await background.in_thread(running.reply.request_stop)
        command = ["stop", json.dumps({"reply": str(running.reply.pk)})]
        relay._take([], [command])
        await asyncio.wait(background.running("reply:"), timeout=1)

    assert (await outcome(running)).status == "stopped"


async def test_a_remote_process_ends_its_reply_with_all_text(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick_saves(monkeypatch)
    monkeypatch.setattr(generation, "is_made_here", lambda reply: False)
    gate = Gate()
    with answering(TextDelta("Half, and a bit more"), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        await stopped(running.reply)

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("stopped", "Half, and a bit more")


async def test_stop_does_not_wait_for_a_process_that_does_not_answer(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "REMOTE_STOP_SECONDS", 0.1)
    monkeypatch.setattr(stopping, "POLL_SECONDS", 0.02)
    reply = await made_remotely(running, text="Half")

    await stopped(reply)

    saved = await outcome(running)
    assert (saved.status, saved.text) == ("stopped", "Half")


async def test_a_reply_continued_meanwhile_is_not_stopped(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopping, "REMOTE_STOP_SECONDS", 0.3)
    monkeypatch.setattr(stopping, "POLL_SECONDS", 0.2)
    reply = await made_remotely(running, text="Half")

    await stopping.stop(reply)
    # The other process ended it, and Continue came before anybody looked.
    await made_remotely(running, stop_requested_at=None, attempt=3)
    if task := background.find(f"stop:{reply.pk}"):
        await task

    assert (await outcome(running)).status == "streaming"


async def test_a_reply_that_has_ended_is_not_changed(exchange: Exchange) -> None:
    await stopped(exchange.reply)

    assert (await outcome(exchange)).status == "complete"


async def test_an_empty_stopped_reply_is_never_sent_to_the_model(
    running: Exchange, owner: Person
) -> None:
    await stopped(await made_remotely(running, leased_until=None))
    assert (await outcome(running)).text == ""

    later = await background.in_thread(
        add_exchange, owner, new_message("And now?", running.conversation.pk)
    )

    request = (await background.in_thread(reply_prompt, later.reply)).request
    assert [turn.role for turn in arrange(request.messages)] == ["system", "user"]
