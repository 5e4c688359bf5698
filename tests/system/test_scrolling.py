"""The view follows a reply while it is at the end, and stops when the reader scrolls up."""

from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.system.conftest import Chat

LONG = "/rate 150 /long 900"
# The heights of messages settle in the frames after the page is shown.
SETTLED = """async () => {
    const pane = document.querySelector(".scroller");
    const before = pane.scrollTop;
    for (let frames = 0; frames < 10; frames += 1) await new Promise(requestAnimationFrame);
    return pane.scrollTop === before;
}"""


def pane(chat: Chat) -> Any:
    return chat.page.locator(".scroller")


def left(chat: Chat) -> float:
    """Pixels between what is shown and the end."""
    return float(
        pane(chat).evaluate("pane => pane.scrollHeight - pane.clientHeight - pane.scrollTop")
    )


def wait_for_overflow(chat: Chat) -> None:
    """Wait until the reply is longer than the pane."""
    chat.page.wait_for_function(
        """() => {
            const pane = document.querySelector(".scroller");
            const reply = document.querySelector("article[data-role=assistant]:last-of-type");
            return reply && reply.offsetHeight > pane.clientHeight * 1.2;
        }"""
    )


def test_a_sent_message_is_scrolled_near_the_top(chat: Chat) -> None:
    chat.ask("/echo one\n\ntwo\n\nthree\n\nfour\n\nfive\n\nsix\n\nseven\n\neight\n\nnine")
    chat.send("/rate 30 /long 30")
    expect(chat.replies.last.locator(".block").first).to_be_visible()

    top = chat.messages.last.bounding_box()["y"] - pane(chat).bounding_box()["y"]
    assert 0 <= top < 120
    chat.stop_button.click()


def test_after_a_refused_message_the_last_reply_is_in_view_again(chat: Chat) -> None:
    chat.ask("/echo one")
    problem = {"error": "Not now."}
    chat.page.route("**/messages", lambda route: route.fulfill(status=507, json=problem))
    chat.send("two")
    expect(chat.page.get_by_text("Not now.").first).to_be_visible()
    expect(chat.box).to_have_value("two")

    expect(chat.replies.last).to_be_in_viewport()
    assert left(chat) < 1


def test_the_view_follows_a_reply_while_it_is_at_the_end(chat: Chat) -> None:
    chat.send(LONG)
    wait_for_overflow(chat)

    assert left(chat) < 60
    chat.stop_button.click()


def test_scrolling_up_stops_following_and_the_button_returns_to_the_end(chat: Chat) -> None:
    chat.send(LONG)
    wait_for_overflow(chat)
    pane(chat).hover()
    chat.page.mouse.wheel(0, -400)
    expect(chat.page.get_by_role("button", name="Jump to newest")).to_be_visible()
    held = pane(chat).evaluate("pane => pane.scrollTop")
    blocks = chat.replies.locator(".block").count()
    expect(chat.replies.locator(".block").nth(blocks + 1)).to_be_attached()

    assert pane(chat).evaluate("pane => pane.scrollTop") == held
    chat.page.get_by_role("button", name="Jump to newest").click()
    expect(chat.page.get_by_role("button", name="Jump to newest")).to_be_hidden()
    assert left(chat) < 60
    chat.stop_button.click()


@pytest.mark.long
def test_a_reply_is_followed_after_one_was_stopped(chat: Chat) -> None:
    """The buttons of a stopped reply go with the next message, which moves what is below them."""
    chat.ask("/rate 0 Show me **everything**")
    chat.send("/rate 100 /long 400")
    wait_for_overflow(chat)
    chat.stop_button.click()
    expect(chat.replies.last).to_have_attribute("data-status", "stopped")

    chat.send("/rate 100 /long 500")
    wait_for_overflow(chat)

    assert left(chat) < 60
    chat.stop_button.click()


def top_of(chat: Chat, locator: Locator) -> float:
    """Pixels between the top of the pane and that of something in it."""
    return float(locator.bounding_box()["y"] - pane(chat).bounding_box()["y"])  # type: ignore[index]


def test_a_fast_reply_leaves_its_question_near_the_top(chat: Chat) -> None:
    chat.ask("/echo hello")
    chat.ask("/rate 0 /long 900")

    assert 0 <= top_of(chat, chat.messages.last) < 120
    expect(chat.page.get_by_role("button", name="Jump to newest")).to_be_visible()


@pytest.mark.long
def test_every_visit_leads_to_the_same_line(chat: Chat) -> None:
    for _ in range(5):
        chat.ask("/rate 0 /long 400")
    url = chat.page.url
    block = chat.replies.nth(1).locator(".block").nth(3)
    pane(chat).hover()
    while not block.is_visible() or top_of(chat, block) < 50:
        chat.page.mouse.wheel(0, -200)
        chat.page.evaluate("new Promise(requestAnimationFrame)")
    held = top_of(chat, block)

    for _ in range(3):
        chat.open("/").open(url)
        chat.page.wait_for_function(SETTLED)
        assert abs(top_of(chat, block) - held) < 2


@pytest.mark.long
def test_the_end_of_a_reply_moves_nothing(chat: Chat) -> None:
    chat.send("/rate 300 /long 600")
    wait_for_overflow(chat)
    pane(chat).hover()
    chat.page.mouse.wheel(0, -300)
    expect(chat.page.get_by_role("button", name="Jump to newest")).to_be_visible()
    held = pane(chat).evaluate("pane => pane.scrollTop")

    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)

    assert pane(chat).evaluate("pane => pane.scrollTop") == held
