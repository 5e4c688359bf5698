"""Long messages and long conversations, on the page and on paper."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.system.conftest import Chat
from tests.system.posts import send, wait_until_complete
from tests.system.test_scrolling import SETTLED, pane, top_of

pytestmark = pytest.mark.long

LINES = "".join(f"line {number}\n" for number in range(1, 201))
HUGE = "a line of a log, pasted\n" * 41_000  # 984,000 characters
PASTE = """text => {
    const begun = performance.now();
    const field = document.activeElement;
    field.dispatchEvent(new InputEvent("beforeinput", { data: text }));
    field.setRangeText(text, 0, 0, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return performance.now() - begun;
}"""


NOTE_PRINTING = """() => {
    window.print = () => (window.printed = document.querySelectorAll("article").length);
}"""
WATCH_DIRECTION = """box => {
    window.watched = new MutationObserver(() => {});
    watched.observe(box, { attributes: true, attributeFilter: ["dir"] });
}"""


def height(page: Page, selector: str) -> float:
    return float(page.locator(selector).last.evaluate("each => each.offsetHeight"))


def test_a_long_message_is_folded_and_opens(chat: Chat) -> None:
    page = chat.page
    bubble = chat.messages.locator(".bubble")
    chat.send(f"/echo {LINES}")
    expect(chat.replies).to_have_attribute("data-status", "complete")
    for _ in ("as it was sent", "after a reload"):
        expect(bubble).to_contain_text("line 20", use_inner_text=True)
        expect(bubble).not_to_contain_text("line 21", use_inner_text=True)
        assert 400 < height(page, ".bubble") < 650
        assert bubble.text_content() == f"/echo {LINES}"
        page.reload()

    page.get_by_role("button", name="Show all").click()
    assert height(page, ".bubble") > 4_000
    page.get_by_role("button", name="Show less").click()
    assert height(page, ".bubble") < 650

    page.emulate_media(media="print")
    assert height(page, ".bubble") > 4_000
    for hidden in (chat.box, page.get_by_role("button", name="Show all"), page.locator("nav")):
        expect(hidden).to_be_hidden()


def test_a_million_characters_do_not_hold_the_page_up(chat: Chat) -> None:
    """The direction of each paragraph alone took browsers a quarter of a minute."""
    chat.box.focus()
    assert chat.page.evaluate(PASTE, HUGE) < 5_000
    expect(chat.box).to_have_attribute("dir", "ltr")
    # Browsers look at every line again when the attribute is set, even to what it is.
    chat.box.evaluate(WATCH_DIRECTION)
    chat.page.keyboard.press("x")
    assert chat.page.evaluate("watched.takeRecords().length") == 0
    chat.send_button.click()
    expect(chat.messages).to_have_attribute("data-status", "complete")
    assert height(chat.page, ".bubble") < 650


def expect_printing_to_wait_for_older_messages(page: Page) -> None:
    page.evaluate(NOTE_PRINTING)
    requests: list[Route] = []
    page.route("**/messages?before=*", lambda route: requests.append(route), times=1)
    with page.expect_request("**/messages?before=*"):
        page.keyboard.press("Control+p")
    expect(page.get_by_text("Loading earlier messages for printing…")).to_be_visible()
    assert page.evaluate("window.printed") is None
    requests[0].continue_()
    page.wait_for_function("() => window.printed === 46")
    expect(page.get_by_text("Loading earlier messages for printing…")).to_have_count(0)


def test_older_messages_are_printed_and_keep_the_readers_place(chat: Chat) -> None:
    page = chat.page
    post = None
    for number in range(23):
        post = send(page, f"/rate 0 /echo reply {number}", post)
        wait_until_complete(page, post)
    assert post
    chat.open(post.conversation)
    expect(page.get_by_text("reply 0", exact=True)).to_have_count(0)
    first = page.locator(".block", has_text=re.compile("^reply 1$"))
    pane(chat).hover()
    while not first.count() or top_of(chat, first) < 0:
        page.mouse.wheel(0, -400)
        page.evaluate("new Promise(requestAnimationFrame)")
    page.wait_for_function(SETTLED)
    held = top_of(chat, first)

    page.reload()
    expect(first).to_be_visible()
    page.wait_for_function(SETTLED)
    assert abs(top_of(chat, first) - held) < 2

    pane(chat).evaluate("pane => pane.scrollTo(0, pane.scrollHeight)")
    page.reload()
    expect(first).to_have_count(0)
    expect_printing_to_wait_for_older_messages(page)

    page.reload()
    expect(first).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(chat.replies).to_have_count(23)
    sheet = page.locator("html").evaluate("html => html.scrollHeight")
    assert sheet > 23 * 80
