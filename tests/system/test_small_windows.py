"""Low and narrow windows leave room to read: a phone on its side, and pages at 200 % and 400 %."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.system.conftest import Chat
from tests.system.test_scrolling import pane
from tests.system.test_without_scripts import covered

pytestmark = pytest.mark.long

# Width, height, and the least share of the height that messages have.
WINDOWS = [
    (844, 390, 0.8),
    pytest.param(320, 640, 0.65, marks=pytest.mark.long),
    (320, 256, 0.7),
    pytest.param(640, 400, 0.8, marks=pytest.mark.long),
]
LOW = 480  # px
WIDE_AND_LOW = (844, 390)
HAS_ROOM_FOR_HEADER = "document.querySelector('main').style.getPropertyValue('--bar')"
IS_AT_END = """() => {
    const pane = document.querySelector(".scroller");
    return pane.scrollHeight - pane.clientHeight - pane.scrollTop <= 2;
}"""


def box(page: Page, selector: str) -> Any:
    return page.locator(selector).bounding_box()


@pytest.mark.parametrize(("width", "height", "share"), WINDOWS)
def test_the_controls_give_way_to_the_messages(
    page: Page, width: int, height: int, share: float
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    chat = Chat(page).open()
    top = box(page, ".top")
    assert box(page, ".welcome h2")["y"] >= top["y"] + top["height"] - 1
    expect(page.get_by_role("navigation", name="Conversations")).to_be_hidden()
    if (width, height) == WIDE_AND_LOW:
        page.get_by_role("button", name="Open conversations").click()
        expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()
        page.get_by_role("button", name="Close conversations").click()

    chat.ask("/rate 0 Show me **everything**")

    assert pane(chat).bounding_box()["height"] >= share * height
    assert covered(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    menu = page.get_by_role("button", name="Open conversations")
    if height <= LOW:  # the header is gone while one reads on, and back on the way up
        expect(menu).not_to_be_in_viewport()
        pane(chat).hover()
        page.mouse.wheel(0, -20)
    expect(menu).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Attach", exact=True).click()
    for name in ("Attach images", "Attach image link"):
        expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
    with page.expect_file_chooser():
        page.get_by_role("button", name="Attach images").click()
    expect(page.get_by_role("button", name="Attach images")).to_be_hidden()


def test_a_conversation_opens_at_its_end_beside_the_header(
    page: Page, context: BrowserContext
) -> None:
    chat = Chat(page).open()
    chat.ask("/rate 0 Show me **everything**")
    other = context.new_page()
    other.set_viewport_size({"width": 844, "height": 390})
    other.goto(page.url)
    other.wait_for_function(HAS_ROOM_FOR_HEADER)
    other.wait_for_function(IS_AT_END, timeout=5_000)


def test_a_phone_names_the_model_and_has_room_for_fingers(phone: Page) -> None:
    chat = Chat(phone).open()
    chat.box.fill("/echo hello")
    for name, label in (("Model", "Sonnet 4.6"), ("Thinking", "Thinking: Off")):
        control = phone.get_by_role("combobox", name=name)
        assert control.evaluate("select => select.selectedOptions[0].text") == label
        assert control.evaluate("select => select.scrollWidth <= select.clientWidth")
    for button in phone.locator("main button").locator("visible=true").all():
        size = button.bounding_box()
        assert size
        assert size["height"] >= 44


def test_a_notice_leaves_room_and_stays_hidden(page: Page) -> None:
    page.set_viewport_size({"width": 640, "height": 400})
    chat = Chat(page).open()
    chat.send("/error 401")
    expect(chat.replies).to_have_attribute("data-status", "failed")
    chat.open()
    notice = page.get_by_role("note")
    expect(notice).to_contain_text("key")
    bottom = notice.bounding_box()["y"] + notice.bounding_box()["height"]  # type: ignore[index]
    assert bottom <= box(page, ".welcome h2")["y"]

    notice.get_by_role("button", name="Hide for a week").click()
    expect(notice).to_have_count(0)
    page.reload()
    expect(notice).to_have_count(0)
    chat.ask("/echo the key is right again")
