"""Saved prompts: the list that "/" opens, the form for variables, and the pages without scripts."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.prompts import Picker, add_prompt, add_prompts, fill, forget_prompts
from tests.system.test_accessibility import check

MAX_MILLISECONDS = 50
# The list is there in the same task as the key, so no answer of the server is waited for.
OPEN = """() => {
    const box = document.querySelector("#message");
    const list = document.querySelector("#prompt-options");
    const type = (text) => {
        box.value = text;
        box.dispatchEvent(new Event("input", { bubbles: true }));
    };
    const times = Array.from({ length: 5 }, () => {
        type("");
        const begin = performance.now();
        type("/");
        const isThere = list.getBoundingClientRect().height > 0;
        return isThere ? performance.now() - begin : Infinity;
    });
    return Math.min(...times);
}"""


@pytest.fixture(autouse=True)
def _prompts(app: App) -> Iterator[None]:
    add_prompts(app)
    yield
    forget_prompts(app)


def test_a_prompt_is_chosen_filled_in_and_sent_by_the_keyboard(chat: Chat) -> None:
    page, box, picker = chat.page, chat.box, Picker(chat.page)
    box.press_sequentially("/")
    expect(picker.options).to_have_count(3)
    expect(picker.options.last).to_contain_text("This site")
    box.press_sequentially("tr")
    expect(picker.options).to_have_count(2)
    expect(picker.options.first).to_have_attribute("aria-selected", "true")
    check(page)
    box.press("Escape")
    expect(picker.list).to_be_hidden()
    expect(box).to_have_value("/tr")
    box.fill("")
    box.press_sequentially("/tr")
    box.press("Enter")
    expect(picker.field("language")).to_have_value("English")
    expect(picker.field("language")).to_be_focused()
    check(page)
    page.keyboard.press("Escape")
    expect(picker.form).to_have_count(0)
    expect(box).to_have_value("/tr")
    expect(box).to_be_focused()

    box.fill("")
    box.press_sequentially("/tra")
    box.press("Tab")
    picker.field("language").fill("<i>Dutch</i>")
    picker.field("text").fill("{{language}}")
    page.keyboard.press("Enter")
    expect(box).to_have_value("Translate to <i>Dutch</i>:\n\n{{language}}")
    expect(box).to_be_focused()
    expect(chat.messages).to_have_count(0)
    page.reload()
    expect(box).to_have_value("Translate to <i>Dutch</i>:\n\n{{language}}")


@pytest.mark.long
def test_what_was_inserted_is_edited_undone_and_sent(chat: Chat) -> None:
    picker = Picker(chat.page)
    chat.box.press_sequentially("/trip")
    expect(picker.options).to_have_count(1)
    chat.box.press("Enter")
    text = "Plan a trip. <b>Ask me</b> where to first."
    expect(chat.box).to_have_value(text)
    chat.box.press("Control+z")
    expect(chat.box).to_have_value("/trip")
    chat.box.press("Control+Shift+z")
    expect(chat.box).to_have_value(text)
    chat.box.press("Control+Home")
    chat.box.press_sequentially("/echo ")
    chat.box.press("Enter")
    expect(chat.messages).to_contain_text(f"/echo {text}")


@pytest.mark.long
def test_a_message_that_begins_with_a_slash_is_sent(chat: Chat) -> None:
    picker = Picker(chat.page)
    chat.box.press_sequentially("/")
    expect(picker.list).to_be_visible()
    chat.box.press_sequentially("usr")
    expect(picker.list).to_be_hidden()
    chat.box.press_sequentially("/bin")
    chat.box.press("Enter")
    expect(chat.messages).to_contain_text("/usr/bin")

    chat.box.press_sequentially("/trip")
    expect(picker.list).to_be_visible()
    chat.box.press("Control+Enter")
    expect(chat.messages.last).to_contain_text("/trip")
    chat.box.press_sequentially("not /trip")
    expect(picker.list).to_be_hidden()
    chat.box.press("Control+a")
    chat.box.press_sequentially("/")
    expect(picker.list).to_be_visible()
    chat.page.get_by_role("button", name="Send message").focus()
    expect(picker.list).to_be_hidden()


@pytest.mark.long
def test_the_rest_of_the_text_stays(chat: Chat) -> None:
    chat.box.fill("\nmy own words")
    chat.box.press("Control+Home")
    chat.box.press_sequentially("/trip")
    expect(Picker(chat.page).list).to_be_visible()
    chat.box.press("Enter")
    expect(chat.box).to_have_value("Plan a trip. <b>Ask me</b> where to first.\nmy own words")


@pytest.mark.long
def test_a_composition_opens_nothing_before_its_end(chat: Chat, app: App) -> None:
    add_prompt(app, "日本", "Hello")
    picker = Picker(chat.page)
    chat.box.press_sequentially("/")
    expect(picker.list).to_be_visible()
    chat.box.fill("")
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Input.imeSetComposition", {"text": "/日", "selectionStart": 2, "selectionEnd": 2})
    expect(chat.box).to_have_value("/日")
    expect(picker.list).to_be_hidden()
    session.send("Input.insertText", {"text": "/日"})
    expect(picker.options).to_have_count(1)


@pytest.mark.long
def test_the_list_opens_at_once_with_as_many_prompts_as_there_may_be(chat: Chat, app: App) -> None:
    fill(app, 500)
    chat.box.press_sequentially("/")
    expect(Picker(chat.page).list).to_be_visible()

    assert chat.page.evaluate(OPEN) <= MAX_MILLISECONDS


@pytest.mark.long
def test_a_slash_before_the_script_is_there_opens_the_list_when_it_is(chat: Chat) -> None:
    held: list[Route] = []
    chat.page.route("**/js/prompts*.js", lambda route: held.append(route))
    picker = Picker(chat.page)

    with chat.page.expect_request("**/js/prompts*.js"):
        chat.box.press_sequentially("/trip")
    expect(picker.options).to_have_count(0)
    for route in held:
        route.continue_()

    expect(picker.options).to_have_count(1)
    assert len(held) == 1


@pytest.mark.long
def test_without_a_connection_the_text_stays_and_a_sentence_is_shown(chat: Chat, app: App) -> None:
    picker = Picker(chat.page)
    chat.box.press_sequentially("/trip")
    expect(picker.list).to_be_visible()
    chat.page.context.set_offline(True)
    chat.box.press("Enter")
    expect(chat.page.get_by_text("No connection to the server.")).to_be_visible()
    expect(chat.box).to_have_value("/trip")
    chat.page.context.set_offline(False)

    chat.box.fill("")
    chat.box.press_sequentially("/trip")
    forget_prompts(app)
    chat.box.press("Enter")
    expect(chat.page.get_by_text("This prompt was deleted.")).to_be_visible()
    chat.box.fill("")
    chat.box.press_sequentially("/")
    expect(picker.list).to_be_hidden()


@pytest.mark.long
def test_on_a_phone_a_prompt_is_tapped(phone: Page) -> None:
    chat, picker = Chat(phone).open(), Picker(phone)
    chat.box.tap()
    chat.box.press_sequentially("/t")
    expect(picker.options).to_have_count(2)
    for option in picker.options.all():
        box = option.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    picker.options.first.tap()
    picker.field("text").fill("one")
    picker.field("text").press("Enter")  # breaks the line
    picker.field("text").press_sequentially("two")
    check(phone)
    picker.form.get_by_role("button", name="Insert").tap()
    expect(chat.box).to_have_value("Translate to English:\n\none\ntwo")
    expect(chat.box).to_be_focused()


@pytest.mark.long
def test_the_pages_need_no_scripts(browser: Browser, browser_context_args: dict[str, Any]) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    page.goto("/prompts/")
    page.get_by_role("link", name="New prompt").click()
    page.get_by_label("Name").fill("what?")
    page.get_by_label("Text", exact=True).fill("/echo {{word=heron}}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("letters, digits and hyphens")
    page.get_by_label("Name").fill("repeat")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.get_by_role("link", name="Use in a new chat /repeat").click()
    expect(page.get_by_label("word")).to_have_value("heron")
    page.get_by_role("button", name="Use in a new chat").click()
    expect(Chat(page).box).to_have_value("/echo heron")
    page.goto("/prompts/")
    page.get_by_role("link", name="Delete /repeat").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("/repeat")).to_have_count(0)
    context.close()


@pytest.mark.long
def test_the_pages_are_reachable_and_fit_a_phone(chat: Chat, phone: Page) -> None:
    page = chat.page
    page.get_by_role("button", name="owner@").press("Enter")
    page.get_by_role("link", name="Prompts").press("Enter")
    expect(page.get_by_role("heading", name="Your prompts")).to_be_visible()
    check(page)
    phone.goto("/prompts/")
    paths = [
        link.get_attribute("href") or ""
        for link in phone.get_by_role("link", name="translate").all()
    ]
    for path in ("/prompts/", "/prompts/new", *paths):
        phone.goto(path)
        assert phone.evaluate("document.querySelector('main').scrollWidth") <= 390
        check(phone)


@pytest.mark.long
def test_a_message_becomes_a_prompt_by_its_menu(chat: Chat) -> None:
    page = chat.page
    chat.ask("/echo a heron")
    chat.messages.hover()
    chat.messages.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Save as prompt").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("/echo a heron")
    page.get_by_label("Name").fill("heron")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="/heron")).to_be_visible()


@pytest.mark.long
def test_the_list_is_filtered_and_moved_through_by_keys(chat: Chat) -> None:
    box, picker = chat.box, Picker(chat.page)
    box.press_sequentially("/re")  # a later part of a name
    expect(picker.options).to_contain_text(["/weekly-report"])
    box.fill("")
    box.press_sequentially("/")
    box.press("ArrowUp")
    expect(picker.options.last).to_have_attribute("aria-selected", "true")
    active = picker.options.last.get_attribute("id") or ""
    expect(box).to_have_attribute("aria-activedescendant", active)
    box.press("ArrowDown")
    expect(picker.options.first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    box.press_sequentially("tr")  # after Escape the list comes with a new slash only
    expect(picker.list).to_be_hidden()
    box.fill("")
    box.press_sequentially("/tr")
    expect(picker.list).to_be_visible()
    box.press("Home")
    expect(picker.list).to_be_hidden()
