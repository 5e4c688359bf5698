"""Editing, regenerating, versions and branching off, as people do them."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.system.conftest import Chat
from tests.system.test_stale_tab import deaf


def press(message: Locator, name: str) -> None:
    message.hover()
    message.get_by_role("button", name=name, exact=True).click()


def versions(page: Page) -> Locator:
    return page.locator("[data-part=versions] > span:not(.news)")


def test_the_second_click_on_regenerate_does_not_switch_back(chat: Chat) -> None:
    chat.ask("/echo first")
    page = chat.page
    press(chat.replies.first, "Regenerate")
    expect(versions(page)).to_have_text(["2 / 2"])
    expect(chat.replies).to_have_attribute("data-status", "complete")
    previous = page.get_by_role("button", name="Previous version")

    previous.dispatch_event("click", {"detail": 2})
    expect(versions(page)).to_have_text(["2 / 2"])
    previous.click()
    expect(versions(page)).to_have_text(["1 / 2"])


def test_a_reply_is_regenerated_and_other_tabs_follow(chat: Chat, context: BrowserContext) -> None:
    chat.ask("/echo first")
    chat.ask("/echo second")
    other = Chat(context.new_page()).open(chat.page.url)
    expect(other.replies).to_have_count(2)

    press(chat.replies.first, "Regenerate")

    for each in (chat, other):
        expect(each.replies).to_have_count(1)
        expect(each.replies).to_have_attribute("data-status", "complete")
        expect(versions(each.page)).to_have_text(["2 / 2"])
    expect(chat.page.locator(".difference")).to_contain_text("Sonnet")
    chat.page.get_by_role("button", name="Previous version").focus()
    chat.page.keyboard.press("ArrowLeft")
    for each in (chat, other):
        expect(each.messages).to_have_count(2)
        expect(versions(each.page)).to_have_text(["1 / 2"])
    assert chat.said[2:] == other.said[2:] == ["/echo second", "second"]
    expect(chat.page.get_by_role("button", name="Next version")).to_be_focused()
    chat.page.keyboard.press("ArrowRight")
    expect(chat.messages).to_have_count(1)
    chat.page.reload()
    expect(versions(chat.page)).to_have_text(["2 / 2"])
    assert chat.ask("/echo third") == "third"


def test_a_message_is_edited_by_keyboard(chat: Chat) -> None:
    chat.ask("/echo first")
    editor = chat.page.get_by_role("textbox", name="Edit message")
    chat.box.press("ArrowUp")
    expect(editor).to_be_focused()
    editor.press("Escape")
    expect(editor).to_have_count(0)
    expect(chat.messages.get_by_role("button", name="Edit")).to_be_focused()

    chat.page.keyboard.press("Enter")
    editor.fill("/echo edited")
    chat.page.reload()
    expect(editor).to_have_value("/echo edited")
    editor.press("Enter")

    expect(chat.replies).to_have_text([re.compile("edited")])
    expect(chat.replies).to_have_attribute("data-status", "complete")
    assert chat.said == ["/echo edited", "edited"]
    expect(versions(chat.page)).to_have_text(["2 / 2"])
    chat.page.keyboard.press("Control+/")
    expect(chat.page.get_by_role("menuitem", name="Regenerate the last reply")).to_be_visible()
    chat.page.keyboard.press("r")
    expect(versions(chat.page)).to_have_text(["2 / 2", "2 / 2"])
    expect(chat.replies).to_have_attribute("data-status", "complete")
    press(chat.messages.first, "Previous version")
    expect(chat.replies).to_have_text([re.compile("first")])
    chat.page.reload()
    expect(editor).to_have_count(0)


def test_an_edit_stops_a_running_reply_after_a_question(chat: Chat) -> None:
    chat.send("/rate 20 /long 4000")
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    chat.box.press("ArrowUp")
    editor = chat.page.get_by_role("textbox", name="Edit message")
    editor.fill("/echo instead")
    editor.press("Enter")
    question = chat.page.get_by_role("dialog", name="Stop the reply that is running?")
    question.get_by_role("link", name="Cancel").click()
    expect(editor).to_have_value("/echo instead")
    expect(chat.replies).to_have_attribute("data-status", "streaming")

    editor.press("Enter")
    question.get_by_role("button", name="Stop and continue").click()

    expect(chat.replies).to_have_text([re.compile("instead")])
    press(chat.messages.first, "Previous version")
    expect(chat.replies).to_have_attribute("data-status", "stopped")


@pytest.mark.long
def test_a_page_without_events_catches_up_with_a_switch(
    chat: Chat, context: BrowserContext
) -> None:
    chat.send("/rate 30 /long 200")
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    chat.page.get_by_role("button", name="Stop").click()
    expect(chat.replies).to_have_attribute("data-status", "stopped")
    page = context.new_page()
    deaf(page)
    stale = Chat(page).open(chat.page.url)
    press(chat.replies.first, "Regenerate")  # and it runs on while another version is shown
    expect(chat.replies).to_have_attribute("data-status", "streaming")

    press(chat.replies.first, "Previous version")
    expect(versions(chat.page)).to_have_text(["1 / 2"])
    press(stale.replies.first, "Regenerate")
    expect(page.locator("[data-hint]")).to_contain_text("changed in another tab")
    expect(versions(page)).to_have_text(["1 / 2"])
    press(stale.replies.first, "Regenerate")
    expect(versions(page)).to_have_text(["3 / 3"])
    expect(versions(chat.page)).to_have_text(["3 / 3"])
    expect(chat.page.locator(".news")).to_be_visible(timeout=30_000)
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=30_000)
    press(chat.replies.first, "Previous version")
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.page.locator(".news")).to_have_count(0)


def test_on_a_phone_everything_is_in_the_menu(phone: Page) -> None:
    chat = Chat(phone).open()
    chat.box.fill("/echo first")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.messages.get_by_role("button", name="Edit")).to_be_hidden()

    chat.replies.get_by_role("button", name="More").tap()
    phone.get_by_role("button", name="Shorter").tap()
    expect(phone.locator(".difference")).to_contain_text("Shorter")
    chat.messages.get_by_role("button", name="More").tap()
    phone.locator("message-menu").get_by_role("button", name="Edit").tap()
    phone.locator("message-editor").get_by_role("link", name="Cancel").tap()
    expect(chat.messages.get_by_role("button", name="More")).to_be_focused()
    chat.messages.get_by_role("button", name="More").tap()
    phone.locator("message-menu").get_by_role("button", name="Edit").tap()
    phone.get_by_role("textbox", name="Edit message").fill("/echo edited")
    phone.locator("message-editor").get_by_role("button", name="Send").tap()
    expect(chat.replies).to_have_text([re.compile("edited")])
    expect(chat.replies).to_have_attribute("data-status", "complete")

    original = phone.url
    chat.replies.get_by_role("button", name="More").tap()
    phone.get_by_role("button", name="Branch in new chat").tap()
    back = phone.get_by_role("link", name="Branched from")
    expect(back).to_be_visible()
    assert chat.said == ["/echo edited", "edited"]
    back.tap()
    expect(phone).to_have_url(re.compile(re.escape(original.split("#")[0]) + "#message-"))


def test_without_scripts_everything_is_a_page(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    chat = Chat(page).open()
    chat.box.fill("/echo first")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)

    press(chat.replies.first, "Regenerate")
    expect(versions(page)).to_have_text(["2 / 2"])
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    press(chat.replies.first, "Previous version")
    expect(versions(page)).to_have_text(["1 / 2"])
    press(chat.replies.first, "More")
    page.get_by_role("button", name="More detailed").click()
    expect(page.locator(".difference")).to_contain_text("More detailed")
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    press(chat.messages.first, "Edit")
    page.get_by_role("textbox", name="Edit message").fill("/echo edited")
    page.get_by_role("button", name="Send").click()
    expect(chat.replies).to_have_text([re.compile("edited")], timeout=20_000)
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    press(chat.messages.first, "More")
    page.get_by_role("button", name="Branch in new chat").click()
    expect(page.get_by_role("link", name="Branched from")).to_be_visible()
    context.close()
