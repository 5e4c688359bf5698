"""`reply_ended` is sent once for each end, by the process that stored it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.conversations.models import Exchange, Message
from chatapp.conversations.signals import reply_ended
from chatapp.replies import generation, leases, outcomes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("demo")]


@pytest.fixture
def ended() -> Iterator[list[str]]:
    """Collect the status of each reply that was announced as ended."""
    seen: list[str] = []

    def note(reply: Message, **_signal: Any) -> None:
        seen.append(reply.status)

    reply_ended.connect(note)
    yield seen
    reply_ended.disconnect(note)


async def test_a_complete_reply_is_announced_once(running: Exchange, ended: list[str]) -> None:
    await generation.generate(running.reply)

    assert ended == ["complete"]


async def test_a_lost_reply_with_a_stop_request_is_announced(
    running: Exchange, ended: list[str]
) -> None:
    await Message.objects.filter(pk=running.reply.pk).aupdate(
        stop_requested_at=timezone.now(), leased_until=None
    )

    await background.in_thread(leases._sweep)

    assert ended == ["stopped"]


async def test_an_end_that_was_not_stored_is_not_announced(
    running: Exchange, ended: list[str]
) -> None:
    await Message.objects.filter(pk=running.reply.pk).aupdate(status="complete")

    assert not await background.in_thread(outcomes.close, running.reply, "failed")
    assert ended == []


async def test_a_failing_listener_fails_no_reply(
    running: Exchange, ended: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_signal: Any) -> None:
        raise RuntimeError("broken listener")

    reply_ended.connect(fail)
    try:
        await generation.generate(running.reply)
    finally:
        reply_ended.disconnect(fail)

    reply = await Message.objects.aget(pk=running.reply.pk)
    assert (reply.status, ended) == ("complete", ["complete"])
    assert "broken listener" in caplog.text
