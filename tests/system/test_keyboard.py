"""Everything by the keyboard and by ear: the list of shortcuts, and what they do."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.system.conftest import Chat
from tests.system.test_accessibility import check

pytestmark = pytest.mark.long

READ = "navigator.clipboard.readText()"
VOICE = """() => {
  const { dataset } = document.body;
  dataset.said = "";
  speechSynthesis.speak = ({ text }) => (dataset.said += ` ${text}`);
}"""


class Keyboard:
    """Runs shortcuts by their letters."""

    def __init__(self, chat: Chat) -> None:
        self.page = chat.page
        self.list = chat.page.get_by_role("dialog", name="Keyboard shortcuts")
        self.items = self.list.get_by_role("menuitem")

    def press(self, letter: str) -> None:
        self.page.keyboard.press("Control+/")
        expect(self.list).to_be_visible()
        self.page.keyboard.press(letter)
        expect(self.list).to_be_hidden()

    def copy(self, letter: str) -> str:
        self.press(letter)
        toast = self.page.locator("[data-toast]")
        expect(toast).to_have_text("Copied")
        expect(toast).to_be_hidden()
        return str(self.page.evaluate(READ))


@pytest.fixture
def keyboard(chat: Chat) -> Keyboard:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return Keyboard(chat)


def test_letters_copy_quote_and_move(chat: Chat, keyboard: Keyboard) -> None:
    page = chat.page
    chat.ask("/echo first\n```\ncode\n```")
    chat.ask("/echo second **reply**")

    assert keyboard.copy("c") == "second **reply**"
    assert keyboard.copy("b") == "code\n"
    assert re.search(r"^## You\n\n/echo second", keyboard.copy("a"), re.MULTILINE)
    keyboard.press("q")
    expect(chat.box).to_have_value("> second reply\n\n")
    chat.box.fill("")

    for message in (chat.replies.last, chat.messages.last, chat.replies.first):
        page.keyboard.press("Alt+PageUp")
        expect(message).to_be_focused()
    number = chat.replies.first.get_attribute("data-message")
    assert keyboard.copy("l") == f"{page.url}#message-{number}"
    keyboard.press("n")
    expect(chat.messages.last).to_be_focused()
    keyboard.press("m")
    expect(chat.box).to_be_focused()
    keyboard.press("r")
    expect(chat.replies.last.locator("[data-part=versions]")).to_contain_text("2 / 2")
    keyboard.press("e")
    expect(chat.messages.last.get_by_role("textbox")).to_be_focused()


def test_the_list_runs_what_the_page_has_buttons_for(chat: Chat, keyboard: Keyboard) -> None:
    page = chat.page
    page.keyboard.press("Control+/")
    expect(keyboard.items.first).to_be_focused()
    check(page, "dialog.shortcuts")
    expect(keyboard.items.filter(has_text="Next message")).to_contain_text("Alt+Page")
    page.keyboard.press("ArrowUp")
    expect(keyboard.items.last).to_be_focused()
    page.keyboard.press("Control+/")
    expect(keyboard.list).to_be_hidden()
    expect(chat.box).to_be_focused()

    folded = page.locator(".app[data-folded]")
    keyboard.press("h")
    expect(folded).to_have_count(1)
    keyboard.press("h")
    expect(folded).to_have_count(0)
    keyboard.press("s")
    expect(page.locator("#settings")).to_be_visible()
    page.keyboard.press("Escape")
    chat.send("/rate 20 /long 3000")
    expect(chat.stop_button).to_be_visible()
    keyboard.press("x")
    expect(chat.replies.last).to_have_attribute("data-status", "stopped")
    keyboard.press("o")
    expect(page).to_have_url(re.compile(r"^https?://[^/]+/$"))


def test_whole_sentences_are_announced_and_read_aloud(chat: Chat, keyboard: Keyboard) -> None:
    page = chat.page
    page.evaluate(VOICE)
    chat.send("/rate 30 /long 150")
    region = page.locator("spoken-reply [role=status]")
    expect(region).to_have_text(re.compile(r"^Sentence 1 .*\.$", re.DOTALL))
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    keyboard.press("v")
    stop = page.get_by_role("button", name="Stop reading")
    expect(stop).to_be_visible()
    said = page.locator("body")
    expect(said).to_have_attribute("data-said", re.compile(r"Sentence 1 .* Sentence 2 "))
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(page.locator("[data-spoken]")).to_have_text("Done")
    whole = chat.replies.locator("[data-part=text]").inner_text()
    expect(stop).to_be_hidden()
    assert str(said.get_attribute("data-said")).split() == whole.split()

    page.keyboard.press("Control+/")
    page.get_by_role("checkbox", name="Announce replies").uncheck()
    page.keyboard.press("Escape")
    expect(region).to_have_text("")
    chat.ask("/echo Not announced.")
    expect(region).to_have_text("")


def test_tools_that_come_after_a_failure_come_once(page: Page) -> None:
    page.clock.install()
    page.route("**/js/reading*.js", lambda route: route.abort())
    Chat(page).open()
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    for _ in range(2):
        page.keyboard.press("Control+/")
        expect(page.locator("[data-hint]")).not_to_be_empty()
        page.clock.run_for(6_000)
    page.unroute_all()
    page.keyboard.press("Control+/")
    expect(dialog).to_be_visible()
    page.clock.run_for(10_000)
    first = page.locator("shortcut-list").element_handle()
    for is_visible in (False, True):
        page.keyboard.press("Control+/")
        expect(dialog).to_be_visible(visible=is_visible)
    assert first
    assert first.evaluate("list => list.isConnected")
