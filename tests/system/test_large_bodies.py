"""Long messages and large images: the server reads them from people who are signed in, in turn."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.support.people import OWNER
from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.images import UPLOADS, chips, choose, saved
from tests.system.people import end_login, fill_in, sign_in_afresh

SENDS = "**/messages"
LONG = "🦩" * 400_000  # 1.6 MB, more than the server takes from somebody whom it refuses
PASTE = """(box, text) => {
    box.value = text;
    box.dispatchEvent(new Event("input", {bubbles: true}));
}"""
BUSY: dict[str, Any] = {
    "status": 503,
    "headers": {"Retry-After": "1"},
    "json": {"error": "The server is busy with other uploads. Try again in a moment."},
}


class Busy:
    """A server that has no room for the first requests."""

    def __init__(self, page: Page, url: str, times: int) -> None:
        self.left = times
        page.route(url, self._answer)

    def _answer(self, route: Route) -> None:
        if route.request.method != "POST" or not self.left:
            route.continue_()
        else:
            self.left -= 1
            route.fulfill(**BUSY)


def paste(chat: Chat, text: str) -> None:
    """Typing it would take minutes."""
    chat.box.evaluate(PASTE, text)


def wait_until_sent(chat: Chat) -> None:
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=40_000)
    shown = chat.messages.locator("[data-part=text]")
    assert shown.evaluate("text => text.textContent.length") == 2 * len(LONG)


@pytest.mark.long
def test_a_long_message_is_kept_until_its_person_signs_in_again(page: Page, app: App) -> None:
    sign_in_afresh(page)
    chat = Chat(page)
    page.route_web_socket("**/ws/", lambda socket: None)  # which would tell the page as well
    chat.open()
    end_login(app, page)
    paste(chat, LONG)

    chat.send_button.click()

    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible(timeout=30_000)
    expect(chat.messages).to_have_attribute("data-status", "sending")
    fill_in(dialog, OWNER)
    wait_until_sent(chat)


@pytest.mark.long
def test_a_refusal_that_the_browser_misses_is_found_out(page: Page, app: App) -> None:
    """The server closes the connection while the browser still sends."""
    sign_in_afresh(page)
    chat = Chat(page)
    page.route_web_socket("**/ws/", lambda socket: None)
    chat.open()
    end_login(app, page)
    paste(chat, LONG)
    page.route(SENDS, lambda route: route.abort("connectionreset"))

    chat.send_button.click()

    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog).to_be_visible(timeout=30_000)
    page.unroute(SENDS)
    fill_in(dialog, OWNER)
    wait_until_sent(chat)


@pytest.mark.long
def test_a_message_is_sent_once_the_server_is_less_busy(chat: Chat) -> None:
    busy = Busy(chat.page, SENDS, times=2)

    chat.send("/echo patience")

    notice = chat.messages.get_by_text("Waiting until the server is less busy")
    expect(notice).to_be_visible()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    assert busy.left == 0
    assert chat.said == ["/echo patience", "patience"]


@pytest.mark.long
def test_an_image_is_sent_again_once_the_server_is_less_busy(chat: Chat, tmp_path: Path) -> None:
    busy = Busy(chat.page, UPLOADS, times=2)

    choose(chat.page, saved(tmp_path / "a.png"))

    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    assert busy.left == 0


@pytest.mark.long
def test_an_image_that_waits_can_be_removed(chat: Chat, tmp_path: Path) -> None:
    busy = Busy(chat.page, UPLOADS, times=1000)
    choose(chat.page, saved(tmp_path / "a.png"))
    chat.page.wait_for_event("requestfinished")

    chips(chat.page).get_by_role("button", name="Remove").click()

    expect(chips(chat.page)).to_have_count(0)
    left = busy.left
    choose(chat.page, saved(tmp_path / "b.png"))
    chat.page.wait_for_event("requestfinished")
    assert busy.left == left - 1


@pytest.fixture
def without_scripts(browser: Browser, browser_context_args: dict[str, Any]) -> Any:
    context: BrowserContext = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield Chat(context.new_page())
    context.close()


@pytest.mark.long
def test_without_scripts_long_instructions_are_saved(chat: Chat, without_scripts: Chat) -> None:
    """In emoji, twelve bytes each in a form that isn't multipart."""
    chat.ask("/echo first")
    page = without_scripts.open(chat.page.url).page
    page.get_by_role("button", name="Chat settings").click()
    field = page.locator("#setting-instructions")
    field.fill("🦩" * 20_000)
    page.get_by_role("button", name="Save").click()

    page.get_by_role("button", name="Chat settings").click()
    assert field.input_value() == "🦩" * 20_000
    field.fill("🦩" * 20_001)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The instructions have 20,001 characters")).to_be_visible()
    assert field.input_value() == "🦩" * 20_001
