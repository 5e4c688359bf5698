"""Deleting a version and undoing that, as people do it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.system.conftest import Chat
from tests.system.test_versions import press, versions

pytestmark = pytest.mark.long

OFFERED = 11_000  # ms, a little more than the page counts


def delete_by_keys(reply: Locator) -> None:
    page = reply.page
    reply.get_by_role("button", name="More").focus()
    page.keyboard.press("Enter")
    expect(page.locator("message-menu button").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("button", name="Delete this version")).to_be_focused()
    page.keyboard.press("Enter")


def test_every_tab_offers_to_undo_a_deletion(chat: Chat, context: BrowserContext) -> None:
    chat.ask("/echo first")
    press(chat.replies.first, "Regenerate")
    expect(versions(chat.page)).to_have_text(["2 / 2"])
    expect(chat.replies).to_have_attribute("data-status", "complete")
    chat.ask("/echo second")
    other = Chat(context.new_page()).open(chat.page.url)
    expect(other.replies).to_have_count(2)
    undo = chat.page.get_by_role("button", name="Undo")
    chat.page.clock.install()  # of both tabs

    delete_by_keys(chat.replies.first)

    for each in (chat, other):
        expect(each.replies).to_have_count(1)
        expect(each.page.get_by_role("button", name="Undo")).to_be_visible()
        expect(versions(each.page)).to_have_count(0)
    expect(chat.replies.first).to_be_focused()
    expect(chat.page.locator("[data-spoken]")).to_have_text(re.compile("Version deleted"))
    chat.page.keyboard.press("Control+z")
    for each in (chat, other):
        expect(each.replies).to_have_count(2)
        expect(versions(each.page)).to_have_text(["2 / 2"])
    expect(undo).to_have_count(0)
    expect(chat.replies.first).to_be_focused()

    press(other.replies.first, "More")
    other.page.get_by_role("button", name="Delete this version").click()
    expect(undo).to_be_visible()
    chat.page.goto("/")
    expect(chat.page.locator("undo-offer:defined")).to_have_count(1)
    expect(undo).to_have_count(0)  # it is about another chat
    chat.page.goto(other.page.url)
    chat.page.clock.run_for(OFFERED)
    for each in (chat, other):
        expect(each.page.get_by_role("button", name="Undo")).to_have_count(0)
        expect(each.replies).to_have_count(1)
        assert each.said == ["/echo first", "first"]


def test_on_a_phone_a_version_that_still_runs_is_deleted(phone: Page) -> None:
    chat = Chat(phone).open()
    chat.box.fill("/rate 20 /long 4000")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    phone.get_by_role("button", name="Stop").tap()
    expect(chat.replies).to_have_attribute("data-status", "stopped")
    chat.replies.get_by_role("button", name="Retry").tap()
    expect(chat.replies).to_have_attribute("data-status", "streaming")
    chat.messages.first.get_by_role("button", name="More").tap()
    expect(phone.locator("message-menu button").first).to_be_focused()
    expect(phone.get_by_role("button", name="Delete this version")).to_have_count(0)
    phone.keyboard.press("Escape")  # it stops no reply
    chat.replies.get_by_role("button", name="Previous version").tap()
    chat.replies.get_by_role("button", name="More").tap()
    phone.get_by_role("button", name="Delete this version").tap()

    expect(chat.replies).to_have_attribute("data-status", "streaming")
    expect(versions(phone)).to_have_count(0)
    phone.get_by_role("button", name="Undo").tap()

    expect(chat.replies).to_have_attribute("data-status", "stopped")
    expect(versions(phone)).to_have_text(["1 / 2"])


def test_without_scripts_a_deletion_is_undone_on_the_page(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    page = context.new_page()
    chat = Chat(page).open()
    chat.box.fill("/echo first")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    press(chat.replies.first, "Regenerate")
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)

    press(chat.replies.first, "More")
    page.get_by_role("button", name="Delete this version").click()
    expect(versions(page)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()

    expect(versions(page)).to_have_text(["2 / 2"])
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    context.close()
