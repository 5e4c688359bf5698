"""An interrupted stream is resumed by itself, twice at most, without repeating text."""

import pytest
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import (
    CompletionRequest,
    Finished,
    ReasoningDelta,
    TextDelta,
    TextPart,
    Usage,
)
from chatapp.inference.errors import Interrupted, ReplyTooSlow, ServiceUnavailable
from chatapp.replies import generation
from tests.support.replies import answering, outcome
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


class Script:
    """Stream the next list of deltas at each request, and record the requests."""

    def __init__(self, *answers: list[object]) -> None:
        self.answers = list(answers)
        self.requests: list[CompletionRequest] = []

    def __call__(self, request: CompletionRequest) -> object:
        self.requests.append(request)
        return self.answers.pop(0)


async def made(running: Exchange, *answers: list[object]) -> tuple[Message, Script]:
    script = Script(*answers)
    with answering(script):
        await generation.generate(running.reply)
    return await outcome(running), script


@pytest.mark.parametrize("fault", ["/cut 7", "/garbage"])
async def test_the_text_of_the_demo_model_is_joined_exactly(
    demo: None, owner: Person, fault: str
) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await tab.send(f"{fault} /long 60")
        finished = (await live.until("message.finished"))[-1]

    reply = await Message.objects.aget(pk=finished["message"])
    numbers = [int(word) for word in reply.text.split() if word.isdigit()]
    assert reply.status == "complete"
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(reply.resume_positions) == 1
    assert reply.usage_is_estimated


@pytest.mark.usefixtures("no_service")
async def test_an_interrupted_stream_is_resumed_twice(running: Exchange) -> None:
    reply, script = await made(
        running,
        [TextDelta("One, "), Interrupted()],
        [TextDelta("two, "), ServiceUnavailable()],
        [TextDelta("three."), Usage(20, 3), Finished("stop")],
    )

    assert (reply.status, reply.text, reply.resume_positions) == (
        "complete",
        "One, two, three.",
        [5, 10],
    )
    assert [request.is_continuation for request in script.requests] == [False, True, True]
    assert script.requests[2].messages[-2].parts == (TextPart("One, two, "),)


@pytest.mark.usefixtures("no_service")
async def test_a_third_interruption_is_reported(running: Exchange) -> None:
    cut = [TextDelta("again "), Interrupted()]

    reply, _script = await made(running, cut, cut, cut)

    assert (reply.status, reply.text) == ("failed", "again again again ")
    assert "interrupted" in reply.error
    assert reply.can_continue


@pytest.mark.usefixtures("no_service")
async def test_an_error_that_would_recur_is_not_retried(running: Exchange) -> None:
    reply, script = await made(running, [TextDelta("half "), ReplyTooSlow()])

    assert (reply.status, len(script.requests)) == ("failed", 1)


@pytest.mark.usefixtures("no_service")
async def test_an_interruption_while_thinking_repeats_the_request(running: Exchange) -> None:
    reply, script = await made(
        running,
        [ReasoningDelta("Hm."), Interrupted()],
        [ReasoningDelta("Hm."), TextDelta("Yes."), Finished("stop")],
    )

    assert (reply.status, reply.text, reply.resume_positions) == ("complete", "Yes.", [])
    assert not script.requests[1].is_continuation


@pytest.mark.usefixtures("no_service")
async def test_each_request_counts_as_reported_or_as_estimated(
    running: Exchange, settings: Settings
) -> None:
    settings.TOOLS = []
    reply, _script = await made(
        running,
        [TextDelta("One two three "), Interrupted()],
        [TextDelta("four."), Usage(1000, 100), Finished("stop")],
    )

    assert reply.usage_is_estimated
    assert 1000 < reply.prompt_tokens < 1400
    assert 100 < reply.completion_tokens < 110
