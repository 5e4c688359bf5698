"""Settings that are refused, or edited without a connection or scripts: no edit is lost."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.system.conftest import Chat
from tests.system.sheet import Sheet

pytestmark = pytest.mark.long


def test_an_invalid_value_keeps_the_message_and_is_shown_at_its_field(chat: Chat) -> None:
    sheet = Sheet(chat.page).open()
    sheet.length.fill("12")
    sheet.temperature.fill("7")
    chat.page.keyboard.press("Escape")
    chat.send("/echo not lost")

    expect(sheet.panel).to_be_visible()
    expect(sheet.temperature).to_be_focused()
    expect(sheet.panel.get_by_text("Enter a number from 0 to 1.", exact=True)).to_be_visible()
    expect(sheet.panel.get_by_text("A whole number within the limits")).to_be_visible()
    expect(chat.box).to_have_value("/echo not lost")
    expect(chat.messages).to_have_count(0)

    sheet.temperature.fill("0.7")
    expect(sheet.panel.get_by_text("Enter a number from 0 to 1.", exact=True)).to_be_hidden()
    sheet.length.fill("")
    sheet.save()
    chat.send_button.click()
    expect(chat.messages).to_have_count(1)


def test_a_value_that_the_server_refuses_is_explained_at_its_field(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page).open()
    # As if the page were older than the server's rules.
    sheet.chosen("Model", "Claude Sonnet 4.6").evaluate("radio => { radio.dataset.max = 10000 }")
    sheet.length.fill("9000")
    sheet.page.get_by_role("button", name="Save and close").click()

    expect(sheet.panel.get_by_text("from 256 to 8,192 tokens")).to_be_visible()
    expect(sheet.length).to_have_value("9000")
    expect(sheet.length).to_be_focused()


def test_edits_are_kept_without_a_connection(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page).open()
    chat.page.context.set_offline(True)
    sheet.instructions.fill("Typed in a tunnel")
    chat.page.get_by_role("button", name="Save and close").click()

    expect(sheet.panel.get_by_text("No connection to the server")).to_be_visible()
    expect(sheet.instructions).to_have_value("Typed in a tunnel")
    chat.page.context.set_offline(False)
    sheet.save()
    chat.page.reload()
    expect(sheet.open().instructions).to_have_value("Typed in a tunnel")


def test_without_scripts_the_first_message_saves_the_settings(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    chat = Chat(context.new_page()).open()
    sheet = Sheet(chat.page).open()
    sheet.instructions.fill("Be a heron")
    sheet.temperature.fill("7")
    chat.page.keyboard.press("Escape")
    chat.box.fill("/echo hello")
    chat.send_button.click()
    expect(sheet.panel.get_by_text("The temperature is a number from 0 to 1.")).to_be_visible()
    expect(chat.box).to_have_value("/echo hello")

    sheet.temperature.fill("0.7")
    chat.page.get_by_role("button", name="Send with these settings").click()

    expect(chat.messages).to_have_count(1)
    expect(chat.replies).to_have_attribute("data-status", "complete")
    sheet.open()
    expect(sheet.instructions).to_have_value("Be a heron")
    sheet.instructions.fill("Be a crane")
    chat.page.get_by_role("button", name="Save").click()
    expect(sheet.panel).to_be_hidden()
    expect(sheet.open().instructions).to_have_value("Be a crane")
    context.close()
