"""What is typed is never replaced, and the box has the focus again after its buttons."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import Chat
from tests.system.images import attach, saved_many

pytestmark = pytest.mark.long

SEND = """async () => {
    const bottom = () => document.querySelector(".composer-box").getBoundingClientRect().bottom;
    const before = bottom();
    document.querySelector(".send:not(.stop)").click();
    const after = bottom();
    const moves = document.querySelector("message-composer").getAnimations();
    await Promise.all(moves.map((move) => move.finished));
    return [before, after, bottom()];
}"""


def suggestion(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def test_a_suggestion_is_typed_into_an_empty_box_and_can_be_undone(chat: Chat) -> None:
    box, page = chat.box, chat.page
    suggestion(page, "Think it through").click()
    text = box.input_value()
    assert text.startswith("Help me decide.")
    expect(box).to_be_focused()
    expect(suggestion(page, "Explain something")).to_be_hidden()
    page.keyboard.type("a boat.")
    expect(box).to_have_value(f"{text}a boat.")
    for _ in range(3):
        page.keyboard.press("Control+z")
    expect(box).to_have_value("")
    expect(suggestion(page, "Explain something")).to_be_visible()

    box.fill("my own words")
    expect(suggestion(page, "Explain something")).to_be_hidden()
    page.locator("[data-suggestion]").first.dispatch_event("click")  # as in the moment before
    assert box.input_value().startswith("my own words")


def test_the_box_has_the_focus_after_its_buttons(chat: Chat, tmp_path: Any) -> None:
    attach(chat.page, *saved_many(tmp_path, 1))
    expect(chat.box).to_be_focused()
    chat.box.fill("/rate 20 /long 400")
    before, after, end = chat.page.evaluate(SEND)
    assert abs(after - before) < 2  # it moves from here, and doesn't jump
    assert end > before + 100
    expect(chat.box).to_be_focused()
    chat.stop_button.click()
    expect(chat.box).to_be_focused()
    expect(chat.replies).to_have_attribute("data-status", "stopped")
