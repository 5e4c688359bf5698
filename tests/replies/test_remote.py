"""Pages are notified of replies that another process makes, also without a relay."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, Message, ToolCall
from chatapp.realtime.hub import hub
from chatapp.replies import remote
from chatapp.server import process_name
from tests.support.tab import Socket, Tab

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def _looking(monkeypatch: pytest.MonkeyPatch) -> None:
    for pace in ("POLL_SECONDS", "JOINED_POLL_SECONDS"):
        monkeypatch.setattr(remote, pace, 0.02)


async def make(exchange: Exchange, by: str = "other", status: str = "streaming") -> None:
    """Store the reply as one that a process makes."""
    until = timezone.now() + timedelta(seconds=9)
    made = {"status": status, "leased_by": by, "leased_until": until}
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(**made)


async def heard(socket: Socket) -> tuple[str, str]:
    event = (await socket.until("reply.remote"))[-1]
    return event["conversation"], event["reply"]


async def test_a_reply_of_another_process_is_announced(owner: Person, running: Exchange) -> None:
    await make(running)
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        remote.start()
        assert await heard(live) == (str(running.conversation.pk), str(running.reply.pk))
        await background.drain(1)


async def test_a_remote_reply_is_announced_in_this_process_only(
    owner: Person, running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    onward: list[object] = []
    monkeypatch.setattr(hub, "on_publish", lambda *event: onward.append(event))
    await make(running)
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        remote.start()
        await heard(live)
        await background.drain(1)

    assert onward == []


async def test_the_end_of_a_remote_reply_is_announced(owner: Person, running: Exchange) -> None:
    await make(running)
    long_ago = timezone.now() - timedelta(hours=1)
    await Conversation.objects.aupdate(active_at=long_ago)
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        before = await remote._poll_and_announce({})
        await heard(live)
        await make(running, status="complete")
        before = await remote._poll_and_announce(before)
        await heard(live)
        assert await remote._poll_and_announce(before) == {}
        assert await live.is_silent()


async def test_a_reply_that_ran_between_two_polls_is_announced(
    owner: Person, running: Exchange
) -> None:
    await make(running, status="complete")
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        remote.start()
        assert (await heard(live))[1] == str(running.reply.pk)
        await background.drain(1)


@pytest.mark.parametrize("by", [process_name.NAME, ""], ids=["our own", "nobody"])
async def test_local_replies_and_replies_without_a_holder_are_not_announced(
    owner: Person, running: Exchange, by: str
) -> None:
    await make(running, by=by)
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await remote._poll_and_announce({})
        assert await live.is_silent()


async def test_replies_of_other_people_are_not_announced(member: Person, running: Exchange) -> None:
    await make(running)
    tab = await Tab.of(member)
    async with tab.listening() as live:
        await remote._poll_and_announce({})
        assert await live.is_silent()


async def waits(
    exchange: Exchange, attempt: int = 1, states: tuple[str, ...] = ("awaiting_approval",)
) -> None:
    """Store the reply as one that another process left waiting for approval."""
    values = {"status": "waiting", "attempt": attempt, "leased_by": "", "leased_until": None}
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(**values)
    await ToolCall.objects.filter(reply=exchange.reply).adelete()
    for index, state in enumerate(states):
        place = {"round": 0, "index": index, "text_length": 0}
        await ToolCall.objects.acreate(reply=exchange.reply, **place, name="act", state=state)


async def test_a_waiting_reply_is_announced_whenever_its_calls_change(
    owner: Person, running: Exchange
) -> None:
    await Conversation.objects.aupdate(active_at=timezone.now() - timedelta(hours=1))
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        before: remote.Found = {}
        for attempt, states in [
            (1, ("awaiting_approval", "awaiting_approval")),
            (1, ("awaiting_approval", "ready")),
            (3, ("awaiting_approval",)),
        ]:
            await waits(running, attempt, states)
            before = await remote._poll_and_announce(before)
            await heard(live)
            before = await remote._poll_and_announce(before)
            assert await live.is_silent()


async def test_the_outcome_of_a_decision_is_announced(owner: Person, running: Exchange) -> None:
    await Conversation.objects.aupdate(active_at=timezone.now() - timedelta(hours=1))
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await waits(running)
        before = await remote._poll_and_announce({})
        await heard(live)
        await make(running, status="complete")
        await remote._poll_and_announce(before)
        await heard(live)
