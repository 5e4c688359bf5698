"""What runs for somebody who is deactivated stops: replies, titles, and what began meanwhile."""

import asyncio
from typing import Any

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.accounts import access_changes, membership
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, ToolCall, add_exchange
from chatapp.inference import Finished, TextDelta
from chatapp.replies import commands, departures, generation, leases, titles
from tests.support.replies import answering, decided, made, new_message, outcome
from tests.support.tool_kit import Kit, call, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


@pytest.fixture(autouse=True)
def _may_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "_is_closing", False)


async def test_a_running_reply_stops_and_keeps_what_was_shown(
    owner: Person, member: Person
) -> None:
    said = asyncio.Event()

    async def hang(_request: Any) -> None:
        said.set()
        await asyncio.Event().wait()

    with answering(TextDelta("Half of it."), hang):
        exchange, _html = await commands.send(member, new_message())
        await said.wait()
        assert await background.in_thread(membership.deactivate, member)
        await access_changes.look(set())
        await asyncio.wait(background.running("reply:"))

    reply = await outcome(exchange)
    assert (reply.status, reply.text) == ("stopped", "Half of it.")


async def test_the_request_to_stop_is_stored_for_other_processes(
    owner: Person, member: Person
) -> None:
    exchange = await background.in_thread(_running_elsewhere, member)

    await background.in_thread(membership.deactivate, member)

    assert (await outcome(exchange)).stop_requested_at is not None


def _running_elsewhere(person: Person) -> Exchange:
    exchange = add_exchange(person, new_message())
    Message.objects.filter(pk=exchange.reply.pk).update(
        status="streaming", attempt=1, leased_by="elsewhere", leased_until=timezone.now()
    )
    return exchange


async def test_a_reply_that_began_during_the_deactivation_stops_too(member: Person) -> None:
    """The person was let in before, and their message was stored after the others were stopped."""
    await background.in_thread(membership.deactivate, member)
    exchange = await background.in_thread(_running_elsewhere, member)
    assert (await outcome(exchange)).stop_requested_at is None

    await access_changes.look(set())
    await asyncio.gather(*background.running("stops of:"))

    assert (await outcome(exchange)).stop_requested_at is not None


async def test_nobody_begins_or_takes_over_a_reply_of_a_deactivated_person(
    member: Person, running: Exchange
) -> None:
    owner = running.conversation.owner_id
    await Person.objects.filter(pk=owner).aupdate(is_active=False)

    with answering(AssertionError("asked")):
        assert (await made(running)).status == "stopped"


async def test_the_sweep_ends_what_a_deactivated_person_left(running: Exchange) -> None:
    await Person.objects.filter(pk=running.conversation.owner_id).aupdate(is_active=False)
    await Message.objects.filter(pk=running.reply.pk).aupdate(leased_until=None)

    assert await background.in_thread(leases._sweep) == []
    assert (await outcome(running)).status == "stopped"


async def test_an_approval_of_a_deactivated_person_runs_nothing(
    kit: Kit, running: Exchange
) -> None:
    say = script([*call("act", "it"), Finished("tool_calls")])
    with answering(say):
        assert (await made(running)).status == "waiting"
        await Person.objects.filter(pk=running.conversation.owner_id).aupdate(is_active=False)
        assert await decided(running, "allow")
        assert (await made(running)).status == "stopped"
    assert kit.ran == []


async def test_waiting_titles_of_the_person_are_cancelled(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "_somebody_waits", lambda: True)
    request: Any = object()
    name = f"title:{running.conversation.pk}"
    waiting = background.spawn(name, titles.suggest(running.conversation, request))
    await asyncio.sleep(0)

    departures.stop_here(person_id=running.conversation.owner_id, is_active=True)
    assert not waiting.cancelling()
    departures.stop_here(person_id=running.conversation.owner_id, is_active=False)
    await asyncio.wait({waiting})

    assert waiting.cancelled()
    assert titles._owners == {}
    await background.drain(5)


async def test_a_role_that_is_lost_while_a_reply_runs_takes_its_tools(
    kit: Kit, running: Exchange
) -> None:
    """An earlier approval, for the whole conversation, doesn't outlast the role."""
    running.conversation.allowed_tools = ["act"]
    await running.conversation.asave()

    async def lose_role(_request: Any) -> None:
        await Person.objects.filter(pk=running.conversation.owner_id).aupdate(
            is_owner=False, assigned_role="guest"
        )

    say = script([*call("act", "it"), Finished("tool_calls")], [TextDelta("So be it.")])
    with answering(lose_role, say):
        assert (await made(running)).status == "complete"

    assert kit.ran == []
    error = (await ToolCall.objects.aget()).error
    assert error == "Your role on this site no longer includes this tool."
