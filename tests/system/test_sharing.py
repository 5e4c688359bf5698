"""Sharing a chat: the dialog, the page without scripts, and readers who run none."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.system.app import App
from tests.system.conftest import PHONE, Chat


@pytest.fixture
def stranger(browser: Browser, app: App) -> Iterator[Page]:
    """Open a phone that is signed out and runs no scripts."""
    context = browser.new_context(base_url=app.url, java_script_enabled=False, **PHONE)
    page = context.new_page()
    yield page
    context.close()


def dialog_of(chat: Chat) -> Locator:
    chat.page.get_by_role("button", name="Share", exact=True).click()
    dialog = chat.page.get_by_role("dialog", name="Share")
    expect(dialog).to_be_visible()
    return dialog


def fits(page: Page) -> bool:
    viewport = page.viewport_size
    assert viewport
    return bool(page.evaluate("document.documentElement.scrollWidth") <= viewport["width"])


def test_a_chat_is_shared_updated_and_revoked(chat: Chat, stranger: Page) -> None:
    chat.ask("/echo **first**")
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = dialog_of(chat)
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_label("Link", exact=True)
    expect(link).to_have_value(re.compile(r"/s/[\w-]{24}/$"))
    copy = dialog.get_by_role("button", name="Copy link")
    expect(copy).to_be_focused()
    copy.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text("Link copied.")
    url = link.input_value()
    assert chat.page.evaluate("navigator.clipboard.readText()") == url

    stranger.goto(url)
    expect(stranger.locator(".prose strong")).to_have_text("first")
    assert fits(stranger)
    stranger.get_by_role("link", name="Sign in to continue this chat").tap()
    expect(stranger.get_by_role("button", name="Sign in")).to_be_visible()

    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_role("button", name="Share", exact=True)).to_be_focused()
    chat.ask("/echo second")
    dialog = dialog_of(chat)
    stranger.goto(url)
    expect(stranger.get_by_role("article")).to_have_count(2)
    dialog.get_by_role("button", name="Update").click()
    expect(dialog.get_by_role("status")).to_contain_text("Updated")
    stranger.goto(url)
    expect(stranger.get_by_role("article")).to_have_count(4)

    dialog.get_by_role("button", name="Stop sharing").click()
    expect(dialog.get_by_role("status")).to_contain_text("Stopped")
    expect(dialog.get_by_role("heading", name="Share")).to_be_focused()
    answer = stranger.goto(url)
    assert answer
    assert answer.status == 404


def test_a_refused_choice_is_explained_and_stays(phone: Page) -> None:
    chat = Chat(phone).open()
    expect(phone.get_by_role("button", name="Share", exact=True)).to_be_hidden()
    chat.box.fill("/echo first")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    dialog = dialog_of(chat)
    dialog.get_by_text("Time limit, password, name").tap()
    password = dialog.get_by_label("Password", exact=True)
    password.fill("short")
    dialog.get_by_role("button", name="Create link").tap()
    # The browser's own check explains it first; without that the server does.
    dialog.locator("form").first.evaluate("form => form.noValidate = true")
    dialog.get_by_role("button", name="Create link").tap()
    expect(dialog.get_by_role("alert")).to_contain_text("at least 6 characters")
    expect(password).to_have_value("short")
    assert fits(phone)

    dialog.get_by_role("button", name="Close").tap()
    expect(dialog).to_be_hidden()


def test_without_scripts_a_page_shares(
    browser: Browser, browser_context_args: dict[str, Any], stranger: Page
) -> None:
    context = browser.new_context(**browser_context_args | {"java_script_enabled": False})
    page = context.new_page()
    page.goto("/")
    page.get_by_role("textbox", name="Message").fill("/echo plain")
    page.get_by_role("button", name="Send message").click()
    expect(page.locator(".prose")).to_contain_text("plain", timeout=30_000)
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_text("Time limit, password, name").click()
    page.get_by_label("Password", exact=True).fill("open sesame")
    page.get_by_role("button", name="Create link").click()
    url = page.get_by_label("Link", exact=True).input_value()

    stranger.goto(url)
    stranger.get_by_label("Password").fill("open barley")
    stranger.get_by_role("button", name="Show the chat").tap()
    expect(stranger.get_by_role("alert")).to_contain_text("the password of this chat")
    stranger.get_by_label("Password").fill("open sesame")
    stranger.get_by_role("button", name="Show the chat").tap()
    expect(stranger.locator(".prose")).to_contain_text("plain")

    # Signed in, it can be continued: again a form and no script.
    page.goto(url)
    page.get_by_label("Password").fill("open sesame")
    page.get_by_role("button", name="Show the chat").click()
    page.get_by_role("link", name="Continue this chat").click()
    page.get_by_role("button", name="Continue in my chats").click()
    expect(page).to_have_url(re.compile("/c/"))
    expect(page.locator(".prose")).to_contain_text("plain")

    page.goto("/shares/")
    shared = page.get_by_role("listitem").filter(has_text=url)
    expect(shared).to_contain_text("viewed once")
    shared.get_by_role("button", name="Stop sharing").click()
    expect(page.get_by_text(url)).to_have_count(0)
    context.close()
