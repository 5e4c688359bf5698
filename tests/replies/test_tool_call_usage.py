"""The token usage of a reply with tool calls: every request counts once."""

import pytest

from chatapp.conversations.models import Exchange, State, ToolCall
from chatapp.inference import Finished, TextDelta, Usage
from chatapp.inference.context_window import estimate, estimate_text
from tests.support.replies import answering, decided, made, outcome
from tests.support.tool_kit import Kit, add_tool_call, call, die, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service", "kit")]

CALLED = Finished("tool_calls")
ANSWER = [TextDelta("It is done."), Usage(150, 20), Finished("stop")]


def token_usage(reply: object) -> tuple[int, int, bool]:
    names = ("prompt_tokens", "completion_tokens", "usage_is_estimated")
    one, other, estimated = (getattr(reply, name) for name in names)
    return one, other, estimated


async def test_the_rounds_of_a_reply_are_added_up(running: Exchange) -> None:
    first, second = ([*call("look", what), Usage(100, 10), CALLED] for what in "ab")
    with answering(script(first, second, ANSWER)):
        reply = await made(running)

    assert token_usage(reply) == (350, 40, False)


async def test_waiting_for_approval_changes_no_usage(running: Exchange) -> None:
    with answering(script([*call("act"), Usage(100, 10), CALLED])):
        assert token_usage(await made(running)) == (100, 10, False)
    await decided(running, "allow")
    with answering(script(ANSWER)):
        reply = await made(running)

    assert token_usage(reply) == (250, 30, False)


async def test_the_usage_of_a_round_survives_the_process(running: Exchange, kit: Kit) -> None:
    """It is saved with the calls of the round, before any of them runs."""
    known = []

    async def look() -> None:
        known.append(token_usage(await outcome(running)))

    kit.on_run = look
    with answering(script([*call("look"), Usage(100, 10), CALLED], ANSWER)):
        await made(running)

    assert known == [(100, 10, False)]


async def test_the_request_of_a_dead_process_is_estimated(running: Exchange) -> None:
    text = "Look.\n\nIt is "
    cost = {"prompt_tokens": 100, "completion_tokens": 10}
    await die(running, text=text, **cost)
    await add_tool_call(running, "look", State.DONE, content="{}", text_length=len("Look."))
    say = script([TextDelta("done."), Usage(150, 20), Finished("stop")])
    with answering(say):
        reply = await made(running)

    asked = estimate(say.asked[0])
    assert token_usage(reply) == (250 + asked, 30 + estimate_text("\n\nIt is "), True)


async def test_calls_are_estimated_when_the_service_reports_no_usage(running: Exchange) -> None:
    say = script([*call("look", "up"), CALLED], [TextDelta("Done."), Finished("stop")])
    with answering(say):
        reply = await made(running)

    tool_call = await ToolCall.objects.aget(reply=reply)
    written = estimate_text(tool_call.name + tool_call.arguments) + estimate_text("Done.")
    assert token_usage(reply) == (sum(map(estimate, say.asked)), written, True)
