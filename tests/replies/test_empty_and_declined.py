"""A model that says nothing, or declines to say more."""

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, add_exchange
from chatapp.inference import Finished, InferenceError, TextDelta
from chatapp.inference.errors import AnswerDeclined, ConversationTooLong, RequestRefused
from chatapp.replies.prompt.building import ANSWER_NOW
from tests.support.replies import answering, made, new_message
from tests.support.tool_kit import ANSWER, Kit, call, script

pytestmark = pytest.mark.django_db(transaction=True)

CALLED = Finished("tool_calls")
NOTHING = [Finished("stop")]
LOOK = [TextDelta("Let me look."), *call("look", "up"), CALLED]


@pytest.mark.usefixtures("no_service")
async def test_a_turn_that_ends_empty_after_a_tool_call_is_asked_for_once_more(
    running: Exchange, kit: Kit
) -> None:
    say = script([*call("look", "up"), CALLED], NOTHING, ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text, kit.ran) == ("complete", "It is done.", ["look up"])
    assert say.asked[2].messages[:-1] == say.asked[1].messages
    assert say.asked[2].messages[-1].text == ANSWER_NOW


@pytest.mark.usefixtures("no_service")
@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        ([*call("look", "up"), CALLED], "The model sent an empty answer."),
        (LOOK, "The model ended its turn after the tool calls without an answer."),
    ],
)
async def test_it_is_asked_once_only_and_then_said(
    running: Exchange, kit: Kit, first: list[object], sentence: str
) -> None:
    say = script(first, NOTHING, NOTHING)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.error, len(say.asked)) == ("failed", sentence, 3)
    assert reply.can_retry


@pytest.mark.usefixtures("no_service")
async def test_an_empty_turn_that_reached_the_limit_is_not_asked_again(
    running: Exchange, kit: Kit
) -> None:
    say = script(LOOK, [Finished("length")])
    with answering(say):
        reply = await made(running)

    assert (reply.status, len(say.asked)) == ("failed", 2)


@pytest.mark.usefixtures("no_service")
@pytest.mark.parametrize(
    ("pieces", "text", "sentence"),
    [
        ([Finished("refusal")], "", AnswerDeclined().sentence),
        ([AnswerDeclined(detail="No.")], "", AnswerDeclined(detail="No.").sentence),
        (
            [TextDelta("Well, "), Finished("refusal")],
            "Well, ",
            "The model declined to continue this answer. Change the message, leave it out, or "
            "choose another model.",
        ),
    ],
)
async def test_a_declined_answer_says_so_and_offers_no_pointless_retry(
    running: Exchange,
    pieces: list[object],
    text: str,
    sentence: str,
) -> None:
    with answering(*pieces):  # type: ignore[arg-type]
        reply = await made(running)

    assert (reply.status, reply.text, reply.error) == ("failed", text, sentence)
    assert (reply.can_retry, reply.can_continue, reply.can_exclude) == (False, False, True)


@pytest.mark.usefixtures("no_service")
@pytest.mark.parametrize("error", [RequestRefused(), AnswerDeclined(), ConversationTooLong()])
async def test_instructions_that_may_be_the_reason_are_named(
    owner: Person, error: InferenceError
) -> None:
    message = new_message(instructions="Talk about herons.")
    with answering(error):
        reply = await made(await background.in_thread(add_exchange, owner, message))

    is_named = "The instructions in this chat's settings are sent too" in reply.error
    assert is_named is not isinstance(error, ConversationTooLong)
