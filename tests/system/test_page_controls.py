"""Controls around the conversation: sidebar, copy buttons, theme, phone, and without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.people import OWNER
from tests.system.conftest import Chat


def sidebar(page: Page) -> Any:
    return page.get_by_role("navigation", name="Conversations")


def open_menu(page: Page) -> None:
    sidebar(page).get_by_role("button", name=re.compile("^Options for")).first.click()


def test_a_conversation_is_renamed_in_every_tab(chat: Chat) -> None:
    chat.ask("/echo to be renamed")
    second = chat.page.context.new_page()
    second.goto("/")
    open_menu(chat.page)
    chat.page.get_by_role("menuitem", name="Rename").click()

    field = sidebar(chat.page).get_by_role("textbox", name="Title")
    field.fill("Herons of the Oder")
    field.press("Enter")
    expect(sidebar(chat.page).get_by_role("link").first).to_be_focused()

    for page in (chat.page, second):
        expect(sidebar(page).get_by_role("link").first).to_have_text("Herons of the Oder")
    expect(chat.page).to_have_title("Herons of the Oder")


def test_a_conversation_has_its_own_page_and_back_works(chat: Chat) -> None:
    chat.ask("/echo the first one")
    first = chat.page.url
    chat.page.get_by_role("link", name="New chat").first.click()
    chat.ask("/echo the second one")

    sidebar(chat.page).locator(f'a[href="{re.sub(r"^https?://[^/]+", "", first)}"]').click()
    expect(chat.replies).to_have_text(re.compile("the first one"))
    chat.page.go_back()
    expect(chat.replies).to_have_text(re.compile("the second one"))


def test_the_model_is_chosen_per_conversation(chat: Chat) -> None:
    chat.page.get_by_label("Model").select_option("claude-4-5-sonnet")
    chat.ask("/echo hello")

    chat.page.reload()

    expect(chat.page.get_by_label("Model")).to_have_value("claude-4-5-sonnet")
    chat.page.get_by_role("link", name="New chat").first.click()
    expect(chat.page.get_by_label("Model")).to_have_value("claude-sonnet-4-6")


def test_the_page_names_the_service_that_answers(chat: Chat) -> None:
    service = chat.page.locator("[data-service=demo]")

    expect(service).to_be_visible()
    expect(service).to_contain_text("not an AI")


def test_code_is_copied(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("Show me what you can do")

    chat.replies.locator("[data-code-action=copy]").first.click()

    expect(chat.page.get_by_text("Copied")).to_be_attached()
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == chat.replies.locator("pre code").first.text_content()


def test_a_reply_is_copied_as_markdown(chat: Chat) -> None:
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.ask("/echo some **bold** words")

    chat.replies.get_by_role("button", name="Copy").click()

    expect(chat.page.get_by_text("Copied")).to_be_attached()
    assert chat.page.evaluate("navigator.clipboard.readText()") == "some **bold** words"


@pytest.mark.parametrize("scheme", [pytest.param("light", marks=pytest.mark.long), "dark"])
def test_colours_follow_the_system(
    browser: Browser, browser_context_args: dict[str, Any], scheme: Any
) -> None:
    context = browser.new_context(**browser_context_args, color_scheme=scheme)
    page = context.new_page()
    page.goto("/")

    red = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]")
    context.close()
    assert (int(red) > 128) == (scheme == "light")


def test_a_switched_theme_stays(chat: Chat) -> None:
    page = chat.page
    page.get_by_role("button", name=re.compile(OWNER)).click()
    with page.expect_response("**/theme/"):
        page.get_by_role("button", name="Dark").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.reload()

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_phone_has_a_drawer_and_enter_breaks_the_line(phone: Page) -> None:
    chat = Chat(phone).open()
    expect(sidebar(phone)).to_be_hidden()
    chat.box.fill("one")
    chat.box.press("Enter")
    expect(chat.messages).to_have_count(0)
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")

    phone.get_by_role("button", name="Open conversations").tap()
    expect(sidebar(phone)).to_be_visible()
    phone.keyboard.press("Escape")
    expect(sidebar(phone)).to_be_hidden()
    width = phone.evaluate("document.documentElement.scrollWidth")
    assert width <= 390


def test_the_phone_sends_with_control_and_enter(phone: Page) -> None:
    chat = Chat(phone).open()
    expect(chat.box).not_to_be_focused()
    chat.box.fill("/echo sent")
    chat.box.press("Control+Enter")

    expect(chat.replies).to_have_attribute("data-status", "complete")


def test_a_shortcut_begins_a_new_chat(chat: Chat) -> None:
    chat.ask("/echo something")

    chat.page.keyboard.press("Control+/")
    expect(chat.page.get_by_role("menuitem", name="New chat")).to_be_focused()
    chat.page.keyboard.press("o")

    expect(chat.page).to_have_url(re.compile(r"^https?://[^/]+/$"))
    expect(chat.messages).to_have_count(0)


def test_without_scripts_reading_sending_and_waiting_work(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    chat = Chat(context.new_page()).open()

    chat.box.fill("/rate 60 /long 200")
    chat.send_button.click()

    expect(chat.messages).to_have_count(1)
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=30_000)
    expect(chat.replies).to_contain_text("Sentence")
    context.close()


def test_without_scripts_a_failed_reply_can_be_retried(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    chat = Chat(context.new_page()).open()
    chat.box.fill("/error 500")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "failed")
    failed = chat.replies.get_attribute("data-message")

    chat.page.get_by_role("button", name="Retry").click()

    expect(chat.replies).to_have_attribute("data-status", "failed")
    assert chat.replies.get_attribute("data-message") != failed
    context.close()
