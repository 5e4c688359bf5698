"""Whatever fails while a reply is made, the reply ends, shows the failure and can be retried."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError

from chatapp import background
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import Finished, ReasoningDelta, TextDelta
from chatapp.replies import generation, live, outcomes, pace
from chatapp.replies.backlog import MAX_FLUSH
from chatapp.replies.prompt import building
from tests.replies.test_leases import Gate
from tests.support.replies import answering, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

MUCH = "A word. " * (MAX_FLUSH // 4)  # more than is rendered in one go


async def test_an_internal_error_in_mid_stream_fails_the_reply_and_keeps_its_text(
    running: Exchange,
) -> None:
    with answering(TextDelta("half an ans"), ValueError("a bug")):
        await generation.generate(running.reply)

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("failed", "half an ans")
    assert "on this site" in reply.error
    assert live.find(reply.pk) is None


async def test_a_database_outage_in_mid_stream_fails_no_reply(running: Exchange) -> None:
    with answering(TextDelta("half an ans"), OperationalError("the connection is closed")):
        await generation.generate(running.reply)

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("streaming", "half an ans")
    assert await Message.objects.lost().filter(pk=reply.pk).aexists()


async def test_a_database_that_always_fails_ends_the_reply(running: Exchange) -> None:
    running.reply.takeovers = generation.MAX_TAKEOVERS
    with answering(TextDelta("half an ans"), OperationalError("the connection is closed")):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "failed"


@pytest.fixture
def only_the_first_patch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish only the first patch of a reply."""
    monkeypatch.setattr(pace, "flush_interval", lambda *_: 60)


@pytest.mark.usefixtures("only_the_first_patch")
async def test_an_internal_error_loses_no_text_that_was_not_shown_yet(running: Exchange) -> None:
    with answering(TextDelta(MUCH), ReasoningDelta("Hm."), ValueError("a bug")):
        await generation.generate(running.reply)

    reply = await outcome(running)
    assert (reply.status, reply.text, reply.reasoning) == ("failed", MUCH, "Hm.")
    assert "on this site" in reply.error


@pytest.mark.usefixtures("only_the_first_patch")
async def test_stop_keeps_only_what_was_shown(running: Exchange) -> None:
    gate = Gate()
    with answering(TextDelta(MUCH), gate):
        generation.start(running.reply)
        await gate.reached.wait()
        generation.stop_here(running.reply.pk)
        await asyncio.wait(background.running("reply:"))

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("stopped", MUCH[:MAX_FLUSH])


async def test_an_error_before_the_stream_fails_the_reply(running: Exchange) -> None:
    with (
        patch.object(building, "reply_prompt", side_effect=KeyError("model")),
        pytest.raises(KeyError),
    ):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "failed"


async def test_a_database_outage_at_the_end_loses_no_text(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "PAUSES", (0,))
    finish, refusals = Message.finish, [OperationalError("away"), OperationalError("away")]

    def refuse_twice(self: Message, outcome: Any) -> bool:
        if refusals:
            raise refusals.pop()
        return finish(self, outcome)

    with (
        answering(TextDelta("all of it"), Finished("stop")),
        patch.object(Message, "finish", refuse_twice),
    ):
        await generation.generate(running.reply)

    reply = await outcome(running)
    assert (reply.status, reply.text) == ("complete", "all of it")


async def test_an_empty_answer_fails_the_reply(running: Exchange) -> None:
    with answering(Finished("stop")):
        await generation.generate(running.reply)

    assert "empty answer" in (await outcome(running)).error


async def test_a_reply_stopped_before_it_begins_calls_no_model(running: Exchange) -> None:
    await Message.objects.filter(pk=running.reply.pk).aupdate(stop_requested_at="2026-01-01T00:00Z")

    with answering(ValueError("must not be asked")):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "stopped"
