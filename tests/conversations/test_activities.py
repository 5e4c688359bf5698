"""Thinking and tool calls appear where they happened in a reply."""

import uuid
from typing import Any

import pytest

from chatapp.conversations.message_html import message_html, text_html
from chatapp.conversations.models import Message, State, ToolCall
from chatapp.rendering import VERSION, render_document, slot
from tests.support.markup import order_of

A, B, C = "First.", "\n\nSecond.", "\n\nThird."
ONE, TWO = len(A), len(A + B)

type Call = tuple[int, int, str]  # its round, the length of the text before it, its line


def reply(text: str, calls: list[Call], **values: Any) -> Message:
    """Return a reply that no database knows."""
    known = {"role": "assistant", "status": "complete", "attempt": 1, "text": text}
    message = Message(conversation_id=uuid.uuid4(), **known | values)
    message.known_tool_calls = [
        ToolCall(
            reply=message,
            round=number,
            index=index,
            text_length=length,
            name="look",
            summary=line,
            state=State.DONE,
            arguments="{}",
        )
        for index, (number, length, line) in enumerate(calls)
    ]
    for call in message.known_tool_calls:
        call.known_images = []
    return message


# The text, the calls, the thoughts, and what the page shows.
SHAPES: dict[str, tuple[str, list[Call], list[list[Any]], list[str]]] = {
    "text alone": (A, [], [], ["First."]),
    "a call first": (A, [(0, 0, "look")], [], ["look", "First."]),
    "a call in the middle": (A + B, [(0, ONE, "look")], [], ["First.", "look", "Second."]),
    "a call at the end": (A, [(0, ONE, "look")], [], ["First.", "look"]),
    "calls after two texts": (
        A + B + C,
        [(0, ONE, "one"), (1, TWO, "two")],
        [],
        ["First.", "one", "Second.", "two", "Third."],
    ),
    "calls made together": (
        A + B,
        [(0, ONE, "one"), (0, ONE, "two")],
        [],
        ["First.", "one", "two", "Second."],
    ),
    "rounds without text between": (
        A + B,
        [(0, ONE, "one"), (1, ONE, "two")],
        [],
        ["First.", "one", "two", "Second."],
    ),
    "white space between rounds": (
        f"{A}\n\n \n\nSecond.",
        [(0, ONE, "one"), (1, ONE + 3, "two")],
        [],
        ["First.", "one", "two", "Second."],
    ),
    "white space before a call": ("\n\nFirst.", [(0, 2, "look")], [], ["look", "First."]),
    "a thought before each text": (
        A + B,
        [(0, ONE, "look")],
        [[0, 0, 4.0], [1, 6, 2.0]],
        ["Thought for 4 s", "First.", "look", "Thought for 2 s", "Second."],
    ),
    "thoughts between rounds": (
        A,
        [(0, 0, "one"), (1, 0, "two")],
        [[0, 0, 4.0], [1, 6, 2.0], [2, 13, None]],
        ["Thought for 4 s", "one", "Thought for 2 s", "two", "Thoughts", "First."],
    ),
    "a thought of the second turn alone": (
        A + B,
        [(0, ONE, "look")],
        [[1, 0, 3.0]],
        ["First.", "look", "Thought for 3 s", "Second."],
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_reply_shows_its_parts_in_their_order(shape: str) -> None:
    text, calls, thoughts, order = SHAPES[shape]
    message = reply(text, calls, thoughts=thoughts, reasoning="Hm?\n\n\nSo.\n\n\nWell.")

    assert order_of(message_html(message)) == (order if thoughts else ["Thoughts", *order])
    ends = [activity.text_length for activity in message.activities[1:]]
    stored = render_document(text, prefix=str(message.pk), ends=ends)
    message.html, message.html_version = stored, VERSION
    assert order_of(message_html(message)) == (order if thoughts else ["Thoughts", *order])


def test_each_thought_has_its_own_reasoning() -> None:
    message = reply(A, [(0, 0, "one")], thoughts=[[0, 0, 1.0], [1, 5, 1.0]], reasoning="Hm?\n\nSo.")

    before, call, after = message.activities[0].items
    assert (before.reasoning, call.summary, after.reasoning) == ("Hm?", "one", "So.")


def test_reasoning_of_an_older_release_is_above_everything() -> None:
    message = reply(A + B, [(0, ONE, "look")], reasoning="Hm?\n\nSo.", thought_seconds=4.0)

    assert order_of(message_html(message)) == ["Thought for 4 s", "First.", "look", "Second."]
    assert message.activities[0].items[0].reasoning == "Hm?\n\nSo."


@pytest.mark.parametrize(
    ("status", "state", "order"),
    [
        ("stopped", State.RUNNING, ["First.", "look", "You stopped this reply."]),
        ("failed", State.RUNNING, ["First.", "look", "The service is busy."]),
        ("complete", State.FAILED, ["First.", "look"]),
        ("waiting", State.AWAITING_APPROVAL, ["First.", "look", 'data-act="decide"']),
        ("streaming", State.RUNNING, ["First.", "look", 'data-slot="thinking-1"']),
    ],
)
def test_a_call_that_did_not_end_well_is_in_its_place(
    status: str, state: State, order: list[str]
) -> None:
    message = reply(A, [(0, ONE, "look")], status=status)
    if status == "failed":
        message.error = "The service is busy."
    message.known_tool_calls[0].state = state  # type: ignore[index]

    html = message_html(message)

    places = [html.index(piece) for piece in order]
    assert places == sorted(places)
    is_shown_as = "interrupted" if status in ("stopped", "failed") else state
    assert f'data-state="{is_shown_as}"' in html


def test_many_calls_fold_with_the_thoughts_between_them() -> None:
    calls = [(number, 0, f"look {number}") for number in range(6)]
    thoughts = [[number, number, 1.0] for number in range(7)]
    activity = reply(A, calls, thoughts=thoughts, reasoning="abcdefg").activities[0]

    assert activity.folded_count == 3
    folded = activity.items.index(activity.folded[0]), activity.items.index(activity.folded[-1])
    assert folded == (1, 6)  # from the first call to the thought after the third
    assert [call.summary for call in activity.tool_calls[-3:]] == ["look 3", "look 4", "look 5"]


def test_calls_of_one_place_do_not_fold_those_of_another() -> None:
    calls = [*[(0, 0, "before")] * 3, *[(1, ONE, "after")] * 3]

    assert not any(activity.folded for activity in reply(A + B, calls).activities)


def test_an_activity_without_a_place_in_the_text_comes_after_it() -> None:
    message = reply(A, [(0, ONE, "look")], html="<p>Its source.</p>", html_version=VERSION)

    html = text_html(message, message.activities[1:])

    assert html.index("Its source.") < html.index("look")
    assert html.count(slot(1).removesuffix("</div>")) == 1
