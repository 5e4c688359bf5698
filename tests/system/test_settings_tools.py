"""Choosing which tools the model may use, in a real browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.app import App, running_app
from tests.system.conftest import Chat, sign_in, watched
from tests.system.sheet import Sheet, model

pytestmark = pytest.mark.long

MODELS = [{"id": "claude-sonnet-4-6"}, {"id": "plain", "tools": False}]


def switch(sheet: Sheet, label: str) -> Any:
    return sheet.chosen("Tools", label)


def test_switches_of_a_new_chat_are_saved_with_its_first_message(chat: Chat) -> None:
    sheet = Sheet(chat.page).open()
    switch(sheet, "Weather").uncheck()
    expect(sheet.button).to_have_attribute("data-changed", "")
    sheet.save()

    chat.ask("/echo hello")
    switch(sheet.open(), "Web pages").uncheck()
    sheet.save()
    chat.page.reload()

    sheet.open()
    for label, is_on in {"Weather": False, "Web pages": False, "Calculator": True}.items():
        expect(switch(sheet, label)).to_be_checked(checked=is_on)
    expect(sheet.button).to_have_attribute("data-changed", "")


def test_only_a_changed_switch_is_saved(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page).open()

    with chat.page.expect_request("**/settings") as request:
        switch(sheet, "Weather").uncheck()

    sent = request.value.post_data or ""
    assert "tool:current_weather" in sent
    assert "tool:calculate" not in sent


def test_another_tab_follows_except_for_edited_switches(chat: Chat) -> None:
    chat.ask("/echo hello")
    here = Sheet(chat.page).open()
    second = chat.page.context.new_page()
    second.goto(chat.page.url)
    there = Sheet(second).open()
    switch(there, "Calculator").uncheck()

    switch(here, "Weather").uncheck()
    here.save()

    expect(switch(there, "Weather")).not_to_be_checked()
    expect(switch(there, "Calculator")).not_to_be_checked()
    there.save()
    expect(switch(here.open(), "Calculator")).not_to_be_checked()
    switch(here, "Weather").check()
    here.save()
    expect(switch(there.open(), "Weather")).to_be_checked()
    expect(switch(there, "Calculator")).not_to_be_checked()


def test_reset_restores_the_defaults_of_the_site(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page).open()
    switch(sheet, "Weather").uncheck()
    sheet.save()
    expect(sheet.button).to_have_attribute("data-changed", "")

    sheet.open()
    chat.page.get_by_role("button", name="Reset").click()
    expect(switch(sheet, "Weather")).to_be_checked()
    sheet.save()

    expect(sheet.button).not_to_have_attribute("data-changed", "")
    chat.page.reload()
    expect(switch(sheet.open(), "Weather")).to_be_checked()


def test_an_edited_switch_is_kept_without_a_connection(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page).open()
    chat.page.context.set_offline(True)
    switch(sheet, "Weather").uncheck()
    chat.page.get_by_role("button", name="Save and close").click()

    expect(sheet.panel.get_by_text("No connection to the server")).to_be_visible()
    expect(switch(sheet, "Weather")).not_to_be_checked()
    chat.page.context.set_offline(False)
    sheet.save()
    chat.page.reload()
    expect(switch(sheet.open(), "Weather")).not_to_be_checked()


def test_without_scripts_the_first_message_saves_the_switches(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    chat = Chat(context.new_page()).open()
    sheet = Sheet(chat.page).open()
    switch(sheet, "Weather").uncheck()
    chat.page.keyboard.press("Escape")
    chat.box.fill("/echo hello")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete")

    expect(switch(sheet.open(), "Weather")).not_to_be_checked()
    switch(sheet, "Weather").check()
    switch(sheet, "Web pages").uncheck()
    chat.page.get_by_role("button", name="Save").click()

    expect(sheet.panel).to_be_hidden()
    sheet.open()
    expect(switch(sheet, "Weather")).to_be_checked()
    expect(switch(sheet, "Web pages")).not_to_be_checked()
    context.close()


@pytest.fixture(scope="module")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app of its own: one model takes no tools, and a person's defaults change."""
    folder = tmp_path_factory.mktemp("small")
    with running_app(folder, CHAT_DEMO_RATE="400", CHAT_MODELS=json.dumps(MODELS)) as app:
        yield app


@pytest.fixture
def small_page(small_app: App, browser: Browser) -> Iterator[Page]:
    for page in watched(browser.new_context(base_url=small_app.url)):
        sign_in(page)
        yield page


def test_a_model_without_tools_is_explained_and_keeps_the_switches(small_page: Page) -> None:
    sheet = Sheet(small_page).open()
    sentence = sheet.panel.get_by_text("This model can't use tools.")
    switch(sheet, "Weather").uncheck()
    expect(sentence).to_be_hidden()

    sheet.choose("Model", "plain")

    expect(sentence).to_be_visible()
    expect(sheet.panel.locator(".tool-switches")).to_have_js_property("inert", True)
    sheet.save()
    Chat(small_page).ask("/echo hello")
    small_page.reload()
    sheet.open()
    expect(sentence).to_be_visible()
    model(small_page).select_option("claude-sonnet-4-6", force=True)
    expect(sentence).to_be_hidden()
    expect(switch(sheet, "Weather")).not_to_be_checked()
    expect(switch(sheet, "Calculator")).to_be_checked()


def test_a_new_chat_begins_with_the_persons_own_switches(small_page: Page) -> None:
    sheet = Sheet(small_page).open()
    switch(sheet, "Web pages").uncheck()
    sheet.as_default.check()
    sheet.save()

    small_page.reload()

    expect(switch(sheet.open(), "Web pages")).not_to_be_checked()
    expect(switch(sheet, "Calculator")).to_be_checked()
    expect(sheet.button).to_have_attribute("data-changed", "")
