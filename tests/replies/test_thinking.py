"""What a person sees before the first text: thinking, waiting, and changes of the request."""

import asyncio
from typing import Any

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import Exchange, LiveStatus, Message, Thought
from chatapp.inference import Adapted, Finished, ReasoningDelta, TextDelta, Waiting
from chatapp.replies import generation
from tests.support.replies import answering, outcome
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)


class Patches(list[dict[str, Any]]):
    """Record every published patch of the reply."""

    def __init__(self) -> None:
        self._grown = asyncio.Event()

    def append(self, patch: dict[str, Any]) -> None:
        super().append(patch)
        self._grown.set()

    async def until(self, count: int) -> None:
        while len(self) < count:
            self._grown.clear()
            await self._grown.wait()


@pytest.fixture
def patches(running: Exchange, monkeypatch: pytest.MonkeyPatch) -> Patches:
    published = Patches()

    def keep(person_id: object, kind: str, **fields: Any) -> None:
        if kind == "reply.patch":
            published.append(fields)

    monkeypatch.setattr(events, "publish", keep)
    return published


@pytest.mark.usefixtures("no_service")
async def test_reasoning_streams_into_its_own_slot(running: Exchange, patches: Patches) -> None:
    async def first_is_seen(request: object) -> None:
        await patches.until(1)

    pieces = [ReasoningDelta("<see>."), TextDelta("Four."), Finished("stop")]
    with answering(ReasoningDelta("Let me "), first_is_seen, *pieces):
        await generation.generate(running.reply)

    first, *_, last = patches
    assert "<live-timer" in first["parts"]["thinking-0"]
    assert "Let me " in first["parts"]["thinking-0"]
    assert "Thought for 1 s" in last["parts"]["thinking_line-0"]
    assert "".join(patch.get("reasoning", "") for patch in patches) == "<see>."
    assert [patch["sequence"] for patch in patches] == list(range(1, len(patches) + 1))
    reply = await outcome(running)
    assert (reply.reasoning, reply.text) == ("Let me <see>.", "Four.")
    assert reply.thought_seconds is not None


@pytest.mark.usefixtures("no_service")
async def test_a_reply_shows_that_it_waits_for_the_service(
    running: Exchange, patches: Patches
) -> None:
    waiting = Waiting(0.3, "The service isn't available right now.")

    async def rest(request: object) -> None:
        await patches.until(2)

    with answering(waiting, rest, TextDelta("Here."), Finished("stop")):
        await generation.generate(running.reply)

    first, second, *_ = patches
    assert first["status"] == "queued"
    assert "Waiting for the service, trying again in" in first["parts"]["notices"]
    assert "available right now" in first["parts"]["notices"]
    assert 'data-left="0.3"' in first["parts"]["notices"]
    assert second["status"] == "streaming"
    assert second["parts"]["notices"].strip() == ""
    assert (await outcome(running)).status == "complete"


@pytest.mark.usefixtures("no_service")
@pytest.mark.parametrize(
    ("adapted", "sentence"),
    [
        (Adapted("turns_excluded", 1), "Its oldest turn was excluded"),
        (Adapted("turns_excluded", 3), "Its 3 oldest turns were excluded"),
        (Adapted("images_excluded", 1), "One earlier image was excluded"),
        (Adapted("images_excluded", 2), "2 earlier images were excluded"),
        (Adapted("text_rewritten"), "refused some words"),
        (Adapted("thinking_off"), "accept thinking"),
    ],
)
async def test_the_notice_of_a_changed_request_stays(
    running: Exchange, patches: Patches, adapted: Adapted, sentence: str
) -> None:
    with answering(adapted, TextDelta("Here."), Finished("stop")):
        await generation.generate(running.reply)

    assert sentence in patches[0]["parts"]["notices"]
    reply = await outcome(running)
    assert any(sentence in line for line in reply.notice_lines)


async def test_the_service_thinks_and_the_page_can_catch_up(demo: None, owner: Person) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        await tab.send("/rate 30 Why?", thinking="low")
        patch = (await live.until("reply.patch"))[-1]
        state = (await tab.get(f"replies/{patch['reply']}/state")).json()
        await tab.post(f"replies/{patch['reply']}/stop")
        finished = (await live.until("message.finished"))[-1]

    assert 'data-part="thinking"' in state["html"]
    assert "<live-timer" in state["html"]
    assert "<live-timer" not in finished["html"]
    reply = await Message.objects.aget(pk=patch["reply"])
    assert reply.thinking == "low"
    assert reply.reasoning


def test_a_finished_reply_has_no_live_status(exchange: Exchange) -> None:
    assert exchange.reply.live_status == LiveStatus()
    assert exchange.reply.shown_status == "complete"


@pytest.mark.parametrize(
    ("seconds", "line"),
    [(0.2, "Thought for 1 s"), (59.4, "Thought for 59 s"), (75.0, "Thought for 1 min 15 s")],
)
def test_the_line_shows_the_thinking_time(seconds: float, line: str) -> None:
    assert Thought(0, "Let me see.", seconds).line == line
