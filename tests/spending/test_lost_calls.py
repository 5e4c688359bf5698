"""Calls whose process died are settled by estimate, once, with the reply that shows their text."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import Finished, TextDelta, Usage
from chatapp.inference.context_window import estimate_text
from chatapp.replies import commands, generation, line, outcomes, titles
from chatapp.replies.accounting import Call, NewCall, ledger
from chatapp.replies.prompt.building import reply_prompt
from chatapp.spending import upkeep
from chatapp.spending.ledger import Ledger
from chatapp.spending.models import ModelCall
from tests.spending.conftest import IN, OUT, calls_of, set_own, used
from tests.support.replies import answering, ended, made, new_message
from tests.support.tool_kit import Kit, call, die, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

DOLLAR = 1_000_000


def begin(exchange: Exchange, purpose: Any = "reply", **fields: Any) -> ModelCall:
    reply = exchange.reply
    request = reply_prompt(reply).request
    values = {"conversation": reply.conversation, "reply_id": reply.pk} | fields
    row: ModelCall = ledger().begin(NewCall(purpose, request, **values)).row
    return row


async def begun(exchange: Exchange, **fields: Any) -> ModelCall:
    return await background.in_thread(lambda: begin(exchange, **fields))


async def check_sums(exchange: Exchange) -> list[ModelCall]:
    found = await background.in_thread(calls_of, exchange)
    reply = await Message.objects.aget(pk=exchange.reply.pk)
    assert sum(row.input_tokens for row in found) == (reply.prompt_tokens or 0)
    assert sum(row.output_tokens for row in found) == (reply.completion_tokens or 0)
    assert "running" not in {row.state for row in found}
    return found


async def test_who_takes_a_reply_over_settles_the_lost_call(running: Exchange) -> None:
    lost = await begun(running)
    await die(running, text="Half of it, ")

    with answering(TextDelta("and the rest."), Usage(100, 10), Finished("stop")):
        await made(running)

    first, second = await check_sums(running)
    assert (first.state, first.is_estimated) == ("lost", True)
    assert first.input_tokens == lost.expected_input
    assert first.output_tokens == estimate_text("Half of it, ")
    assert first.cost == first.input_tokens * IN + first.output_tokens * OUT
    assert (second.state, second.cost, second.text_before) == ("ended", 450, 12)


async def test_a_second_death_counts_the_first_call_once(running: Exchange) -> None:
    await begun(running)
    await die(running, text="One. ")
    await begun(running, text_before=len("One. "))
    await die(running, text="One. Two. ", attempt=2)

    with answering(TextDelta("Three."), Usage(100, 10), Finished("stop")):
        await made(running)

    first, second, _third = await check_sums(running)
    assert first.output_tokens == estimate_text("One. ")
    assert second.output_tokens == estimate_text("Two. ")


async def test_a_lost_call_without_saved_text_costs_nothing(running: Exchange) -> None:
    await begun(running)
    await die(running)

    with answering(TextDelta("All of it."), Usage(100, 10), Finished("stop")):
        await made(running)

    first, _second = await check_sums(running)
    assert (first.state, first.cost) == ("lost", 0)


async def test_what_was_settled_with_tool_calls_is_not_lost(running: Exchange, kit: Kit) -> None:
    kit.gate = None
    turn = [TextDelta("I look."), *call("act"), Usage(100, 10), Finished("tool_calls")]
    with answering(script(turn)):
        await made(running)
    await begun(running, purpose="tool_round", text_before=len("I look."))
    await die(running, text="I look. It is", attempt=2)

    with answering(script([TextDelta(" done."), Usage(150, 20), Finished("stop")])):
        await made(running)

    found = await check_sums(running)
    assert [row.state for row in found][:2] == ["ended", "lost"]
    assert found[1].output_tokens == estimate_text(" It is")


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_reply_that_nobody_resumes_settles_its_lost_call(
    running: Exchange, stopped: bool
) -> None:
    await begun(running)
    await die(running, text="Half of it")
    await running.reply.arefresh_from_db()
    status = "stopped" if stopped else "failed"

    closed = await background.in_thread(
        lambda: outcomes.close(running.reply, status, only_if="is lost")
    )

    assert closed
    (row,) = await check_sums(running)
    assert (row.state, row.output_tokens) == ("lost", estimate_text("Half of it"))


@pytest.mark.parametrize("is_sent", [False, True])
async def test_a_title_that_is_cancelled_costs_what_it_has_used(
    running: Exchange, monkeypatch: pytest.MonkeyPatch, is_sent: bool
) -> None:
    asked, go = asyncio.Event(), line.go

    async def stand(call: line.Call) -> None:
        if is_sent:
            await go(call)
        asked.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(line, "go", stand)
    request = (await background.in_thread(reply_prompt, running.reply)).request
    with answering(TextDelta("Herons"), Usage(100, 10), Finished("stop")):
        title = asyncio.create_task(titles.suggest(running.conversation, request))
        await asked.wait()
        title.cancel()
        await asyncio.wait({title})

    row = await ModelCall.objects.aget(purpose="title")
    assert title.cancelled()
    assert (row.state, row.cost) == ("ended", 450 if is_sent else 0)


async def test_a_title_that_is_cancelled_while_it_is_recorded_costs_nothing(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_recorded, go_on, begin_call = threading.Event(), threading.Event(), Ledger.begin

    def begin_slowly(self: Ledger, new: NewCall) -> Call:
        call = begin_call(self, new)
        is_recorded.set()
        go_on.wait(30)
        return call

    monkeypatch.setattr(Ledger, "begin", begin_slowly)
    request = (await background.in_thread(reply_prompt, running.reply)).request
    title = asyncio.create_task(titles.suggest(running.conversation, request))
    await asyncio.to_thread(is_recorded.wait, 30)
    title.cancel()
    go_on.set()
    await asyncio.wait({title})

    row = await ModelCall.objects.aget(purpose="title")
    assert (row.state, row.cost) == ("ended", 0)


async def test_a_lost_call_gives_back_what_it_had_reserved(running: Exchange) -> None:
    owner = running.conversation.owner
    await background.in_thread(set_own, owner, DOLLAR)
    lost = await begun(running)
    sums = await background.in_thread(used, owner)
    assert list(sums.values()) == [lost.reserved]
    await die(running, text="Half of it, ")

    with answering(TextDelta("and the rest."), Usage(100, 10), Finished("stop")):
        await made(running)

    await ended([f"title:{running.conversation.pk}"])
    first, second = await check_sums(running)
    title = await ModelCall.objects.aget(purpose="title")
    sums = await background.in_thread(used, owner)
    assert list(sums.values()) == [first.cost + second.cost + title.cost]


async def test_a_call_begun_with_a_reply_in_a_process_that_ends_costs_nothing(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process resumes the reply, and begins a call of its own."""
    exchange, prepare = await background.in_thread(commands._add, owner, new_message(), True)
    monkeypatch.setattr(generation, "_is_closing", True)
    generation.start(exchange.reply, prepare)
    await ended([f"release:{exchange.reply.pk}"])

    (row,) = await check_sums(exchange)
    assert (row.state, row.cost) == ("lost", 0)
    assert (await Message.objects.aget(pk=exchange.reply.pk)).leased_by == ""


def old(row: ModelCall, **ago: int) -> None:
    ModelCall.objects.filter(pk=row.pk).update(begun_at=timezone.now() - timedelta(**ago))


def test_the_sweep_leaves_what_may_still_run(running: Exchange) -> None:
    old(begin(running), hours=5)  # whoever resumes the reply settles it
    old(begin(running, purpose="title", reply_id=None), minutes=50)
    begin(running, purpose="image_test")

    upkeep.sweep()

    assert ModelCall.objects.running().count() == 3


def test_the_sweep_settles_what_nobody_else_does(exchange: Exchange) -> None:
    never_sent, title, test = (
        begin(exchange),
        begin(exchange, purpose="title", reply_id=None),
        begin(exchange, purpose="image_test"),
    )
    old(never_sent, minutes=2)
    old(title, hours=2)
    old(test, hours=2)

    upkeep.sweep()

    rows = ModelCall.objects.in_bulk()
    assert {row.state for row in rows.values()} == {"lost"}
    assert rows[never_sent.pk].cost == 0
    for row in (rows[title.pk], rows[test.pk]):
        assert row.is_estimated
        assert row.cost == row.expected_input * IN + row.max_output * OUT


def test_the_sweep_settles_calls_of_replies_that_are_gone(exchange: Exchange) -> None:
    row = begin(exchange)
    exchange.conversation.delete()
    old(row, hours=2)

    upkeep.sweep()

    assert ModelCall.objects.get().state == "lost"
