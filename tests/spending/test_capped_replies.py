"""What a cap does to replies that run: shorter answers, warnings, and an end with a sentence."""

from typing import Any

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import Finished, TextDelta, Usage
from chatapp.replies import commands
from chatapp.spending.models import ModelCall
from tests.spending.conftest import DOLLAR, set_own
from tests.support.replies import answering, ended, made, new_message
from tests.support.tool_kit import Kit, call, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


async def test_a_turn_that_no_longer_fits_ends_the_reply_with_the_sentence(
    running: Exchange, owner: Person, kit: Kit
) -> None:
    await background.in_thread(set_own, owner, DOLLAR)
    turn = [TextDelta("I look."), *call("look"), Usage(0, 66_000), Finished("tool_calls")]
    with answering(script(turn)):
        reply = await made(running)

    assert (reply.status, reply.text) == ("failed", "I look.")
    assert reply.error.startswith("What's left of the cap of $1.00 that you set for today ($0.01)")
    assert reply.completion_tokens == 66_000


async def test_a_reply_whose_history_does_not_fit_ends_with_the_sentence(
    running: Exchange, owner: Person
) -> None:
    await background.in_thread(set_own, owner, 1_024 * 15 + 10)
    with answering(TextDelta("Never said.")):
        reply = await made(running)

    assert (reply.status, reply.text) == ("failed", "")
    assert "What's left of the cap of $0.02" in reply.error


async def test_a_shortened_answer_is_announced_in_the_reply(
    running: Exchange, owner: Person
) -> None:
    asked = []

    def answer(request: Any) -> Any:
        asked.append(request.max_tokens)
        return [TextDelta("Short."), Usage(10, 5), Finished("length")]

    await background.in_thread(set_own, owner, 60_000)
    with answering(answer):
        reply = await made(running)

    assert 1_024 <= asked[0] < 4_000
    assert reply.notices == {"cap_limited": asked[0]}
    assert f"left room for {asked[0]:,} tokens" in reply.notice_lines[0]


async def test_most_of_a_cap_is_announced_in_the_reply(running: Exchange, owner: Person) -> None:
    await background.in_thread(set_own, owner, DOLLAR)
    turns = [
        [TextDelta("One."), Usage(0, 54_000), Finished("stop")],
        [TextDelta("Two."), Usage(0, 10), Finished("stop")],
    ]
    with answering(lambda request: turns.pop(0) if request.tools else []):
        await made(running)
        exchange, _html = await commands.send(owner, new_message("B", running.conversation.pk))
        await ended([f"reply:{exchange.reply.pk}:0"])

    reply = await Message.objects.aget(pk=exchange.reply.pk)
    assert reply.notice_lines[0].startswith("Most of the cap of $1.00 that you set for today")


async def test_a_title_that_does_not_fit_is_left_out(running: Exchange, owner: Person) -> None:
    await background.in_thread(set_own, owner, 66_000 * 15 + 300)
    with answering(TextDelta("Hello."), Usage(0, 66_000), Finished("stop")):
        await made(running)
        await ended([f"title:{running.conversation.pk}"])

    assert [row.purpose async for row in ModelCall.objects.all()] == ["reply"]
    await running.conversation.arefresh_from_db()
    assert running.conversation.titled_by == "nobody"
