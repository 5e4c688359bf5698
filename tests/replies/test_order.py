"""What the model did keeps its order: while the reply streams, after it, and in a new process."""

from typing import Any

import pytest

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.message_html import message_html
from chatapp.conversations.models import Exchange, Message, State
from chatapp.inference import Finished, ReasoningDelta, TextDelta
from chatapp.inference.errors import Interrupted
from chatapp.rendering import slot
from chatapp.replies import live
from tests.support.markup import order_of
from tests.support.replies import answering, decided, made
from tests.support.tool_kit import ANSWER, Kit, add_tool_call, call, die, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service", "kit")]

CALLED = Finished("tool_calls")
TURNS = [
    [ReasoningDelta("Hm."), TextDelta("First."), *call("look"), CALLED],
    [ReasoningDelta("So."), *call("look", "a", 2), *call("look", "b", 3), CALLED],
    [TextDelta("Second."), *call("look", "c", 4), CALLED],
    [ReasoningDelta("Well."), TextDelta("Third."), Finished("stop")],
]
THOUGHT = "Thought for 1 s"
ORDER = [
    *(THOUGHT, "First.", "Did look", THOUGHT, "Did look", "Did look"),
    *("Second.", "Did look", THOUGHT, "Third."),
]


class Page:
    """Follow the patches of a reply as a page does, without a browser."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.slots: dict[str, str] = {}

    def apply(self, patch: dict[str, Any]) -> None:
        for index, kept, html in patch["blocks"]:
            self.blocks += [""] * (index == len(self.blocks))
            self.blocks[index] = self.blocks[index][:kept] + html
        self.slots |= patch.get("parts", {})


def shown(running: Exchange) -> list[str]:
    """Return what a page shows that asks for the state now."""
    reply = Message.objects.get(pk=running.reply.pk)
    if here := live.find(reply.pk):
        here.state.show_in(reply)
    return order_of(message_html(reply))


async def test_each_part_appears_where_it_happens(
    running: Exchange, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, seen = Page(), []
    publish = events.publish

    def follow(person_id: Any, kind: str, **fields: Any) -> None:
        if kind == "reply.patch":
            page.apply(fields)
        publish(person_id, kind, **fields)

    async def look() -> None:
        seen.append(await background.in_thread(shown, running))

    monkeypatch.setattr(events, "publish", follow)
    kit.on_run = look
    say = script(*TURNS)
    with answering(say):
        reply = await made(running)

    assert await background.in_thread(shown, running) == ORDER
    for so_far, count in zip(seen, (3, 6, 6, 8), strict=True):
        assert [line.replace("…", "") for line in so_far[:count]][-1] in ("look", "Did look")
        assert len(so_far) == count
    assert page.blocks == [
        '<p dir="auto">First.</p>',
        slot(1),
        '<p dir="auto">Second.</p>',
        slot(2),
        '<p dir="auto">Third.</p>',
    ]
    assert {"thinking-0", "activity-1", "thinking-1", "activity-2", "thinking-3"} <= {*page.slots}
    assert reply.text == "First.\n\nSecond.\n\nThird."
    assert reply.reasoning == "Hm.\n\nSo.\n\nWell."
    assert [thought[:2] for thought in reply.thoughts] == [[0, 0], [1, 5], [3, 10]]
    assert reply.thought_seconds == pytest.approx(sum(thought[2] for thought in reply.thoughts))


async def test_another_process_continues_after_the_call(running: Exchange, kit: Kit) -> None:
    await die(running, text="First.", reasoning="Hm.", thoughts=[[0, 0, 1.0]], sequence=9)
    await add_tool_call(
        running, "look", State.DONE, content="{}", text_length=6, summary="Did look"
    )
    with answering(script([ReasoningDelta("So."), *ANSWER])):
        await made(running)

    order = [THOUGHT, "First.", "Did look", THOUGHT, "It is done."]
    assert await background.in_thread(shown, running) == order


async def test_another_process_makes_the_call_that_was_interrupted(
    running: Exchange, kit: Kit
) -> None:
    await die(running, text="First.")
    await add_tool_call(running, "look", State.RUNNING, text_length=6)
    with answering(script(ANSWER)):
        await made(running)

    assert await background.in_thread(shown, running) == ["First.", "Did look", "It is done."]


async def test_an_approval_is_asked_for_where_the_call_happened(running: Exchange) -> None:
    with answering(script([TextDelta("First."), *call("act"), CALLED])):
        await made(running)
    assert await background.in_thread(shown, running) == ["First.", "act"]

    await decided(running, "allow")
    with answering(script(ANSWER)):
        await made(running)

    assert await background.in_thread(shown, running) == ["First.", "Did act", "It is done."]


async def test_a_thought_after_an_interruption_does_not_divide_the_text(
    running: Exchange,
) -> None:
    begun = [ReasoningDelta("Hm."), TextDelta("It is not fin"), Interrupted()]
    with answering(script(begun, [ReasoningDelta("So."), TextDelta("ished."), Finished("stop")])):
        reply = await made(running)

    assert await background.in_thread(shown, running) == [THOUGHT, "It is not finished."]
    assert reply.reasoning == "Hm.\n\nSo."
    assert [thought[:2] for thought in reply.thoughts] == [[0, 0]]


async def test_a_process_that_begins_again_forgets_the_thoughts(running: Exchange) -> None:
    await die(running, reasoning="Hm.", thoughts=[[0, 0, 1.0]])
    with answering(script(ANSWER)):
        reply = await made(running)

    assert (reply.reasoning, reply.thoughts) == ("", None)
