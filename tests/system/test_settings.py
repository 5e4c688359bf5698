"""Choosing how the model is asked, in a real browser."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.app import App, running_app
from tests.system.conftest import Chat, sign_in, watched
from tests.system.sheet import Sheet, model, thinking

OTHER = "claude-4-5-sonnet"
PLAIN = [{"id": "claude-sonnet-4-6"}, {"id": "plain", "thinking": False, "max_output": 500}]


@pytest.mark.long
def test_a_new_chat_begins_with_the_edited_settings(chat: Chat) -> None:
    sheet = Sheet(chat.page).open()
    sheet.instructions.fill("Answer like a heron.")
    sheet.temperature.fill("0.3")
    sheet.choose("Model", "Claude Sonnet 4.5")
    expect(model(chat.page)).to_have_value(OTHER)
    switch = sheet.panel.get_by_label("Weather")
    switch.uncheck()
    sheet.save()
    thinking(chat.page).select_option("high")

    chat.page.reload()  # nothing is sent yet
    expect(thinking(chat.page)).to_have_value("high")
    expect(sheet.button).to_have_attribute("title", "Chat settings (changed)")
    sheet.open()
    expect(switch).not_to_be_checked()
    chat.page.keyboard.press("Escape")
    chat.ask("/echo hello")
    chat.page.reload()

    sheet.open()
    expect(switch).not_to_be_checked()
    expect(thinking(chat.page)).to_have_value("high")
    expect(sheet.instructions).to_have_value("Answer like a heron.")
    expect(sheet.temperature).to_have_value("0.3")
    expect(model(chat.page)).to_have_value(OTHER)
    chat.open()  # another chat begins with the defaults
    expect(thinking(chat.page)).to_have_value("")
    expect(sheet.open().instructions).to_have_value("")


def test_after_the_first_message_the_sheet_saves_here(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page).open()
    sheet.instructions.fill("Be brief.")
    with chat.page.expect_request("**/settings") as request:
        sheet.save()
    assert request.value.url == f"{chat.page.url}settings"
    assert "max_tokens" not in (request.value.post_data or "")

    with chat.page.expect_request("**/messages") as sent:
        chat.ask("/echo again")

    assert "Be brief." not in (sent.value.post_data or "")
    expect(chat.page.get_by_text("Instructions changed")).to_be_visible()
    chat.page.reload()
    expect(sheet.open().instructions).to_have_value("Be brief.")


def test_closing_the_sheet_saves_what_is_valid_and_a_reset_can_be_undone(chat: Chat) -> None:
    chat.ask("/echo hello")
    sheet = Sheet(chat.page)
    sheet.button.click()
    for everyday in (sheet.chosen("Model", "Claude Sonnet 4.5"), sheet.instructions):
        expect(everyday).to_be_in_viewport()
    expect(sheet.temperature).to_be_hidden()  # under "Advanced"
    sheet.advanced.locator("summary").click()
    sheet.instructions.fill("Be a heron.")
    sheet.temperature.fill("7")
    with chat.page.expect_response("**/settings"):
        chat.page.mouse.click(500, 300)

    expect(sheet.panel).to_be_hidden()
    expect(chat.page.get_by_text("A setting wasn't saved. Enter a number")).to_be_visible()
    expect(sheet.temperature).to_have_value("7")
    chat.page.reload()
    sheet.open()
    expect(sheet.instructions).to_have_value("Be a heron.")
    expect(sheet.temperature).to_have_value("")

    with chat.page.expect_response("**/settings"):
        sheet.panel.get_by_role("button", name="Reset").click()
    expect(sheet.instructions).to_have_value("")
    with chat.page.expect_response("**/settings"):
        sheet.panel.get_by_role("button", name="Undo").click()
    chat.page.reload()
    expect(sheet.open().instructions).to_have_value("Be a heron.")


@pytest.mark.long
def test_the_other_tab_follows_unless_it_is_edited(chat: Chat) -> None:
    chat.ask("/echo hello")
    here = Sheet(chat.page).open()
    second = chat.page.context.new_page()
    second.goto(chat.page.url)
    there = Sheet(second).open()
    there.instructions.fill("Mine, not saved yet")

    here.instructions.fill("Saved in the first tab")
    here.length.fill("300")
    here.choose("Thinking", "High")
    here.save()

    expect(thinking(second)).to_have_value("high")
    expect(there.chosen("Thinking", "High")).to_be_checked()
    expect(there.length).to_have_value("300")
    expect(there.instructions).to_have_value("Mine, not saved yet")
    there.save()
    expect(here.instructions).to_have_value("Mine, not saved yet")
    expect(here.length).to_have_value("300")


def test_the_quick_controls_save_at_once(chat: Chat) -> None:
    chat.ask("/echo hello")
    for control, value in ((model(chat.page), OTHER), (thinking(chat.page), "medium")):
        with chat.page.expect_response("**/settings") as answer:
            control.select_option(value)
        assert answer.value.status == 204

    chat.page.reload()

    expect(model(chat.page)).to_have_value(OTHER)
    expect(thinking(chat.page)).to_have_value("medium")
    sheet = Sheet(chat.page).open()
    expect(sheet.chosen("Model", "Claude Sonnet 4.5")).to_be_checked()
    expect(sheet.chosen("Thinking", "Medium")).to_be_checked()


@pytest.mark.long
def test_typing_in_one_of_temperature_and_top_p_clears_the_other(chat: Chat) -> None:
    sheet = Sheet(chat.page).open()
    sheet.temperature.fill("0.4")
    sheet.top_p.fill("0.9")
    expect(sheet.temperature).to_have_value("")
    sheet.temperature.fill("0.4")
    expect(sheet.top_p).to_have_value("")


@pytest.mark.long
def test_the_keyboard_opens_and_saves_the_sheet(chat: Chat) -> None:
    sheet = Sheet(chat.page)
    sheet.button.focus()
    chat.page.keyboard.press("Enter")
    expect(sheet.panel).to_be_visible()
    expect(chat.page.get_by_role("button", name="Close settings")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(sheet.panel).to_be_hidden()
    expect(sheet.button).to_be_focused()

    chat.box.fill("Not to be sent by Enter in the sheet")
    sheet.open().temperature.fill("0.5")
    sheet.temperature.press("Enter")
    expect(sheet.panel).to_be_hidden()
    expect(chat.messages).to_have_count(0)
    expect(sheet.button).to_have_attribute("title", re.compile("changed"))


@pytest.mark.long
def test_reset_empties_the_fields_and_removes_the_dot(chat: Chat) -> None:
    sheet = Sheet(chat.page).open()
    sheet.instructions.fill("Something")
    sheet.choose("Thinking", "Low")
    expect(sheet.button).to_have_attribute("data-changed", "")

    chat.page.get_by_role("button", name="Reset").click()

    expect(sheet.instructions).to_have_value("")
    expect(thinking(chat.page)).to_have_value("")
    expect(sheet.button).not_to_have_attribute("data-changed", "")


def test_on_the_phone_the_sheet_covers_the_page(phone: Page) -> None:
    chat = Chat(phone).open()
    sheet = Sheet(phone)
    sheet.button.tap()
    expect(sheet.panel).to_be_visible()

    assert sheet.panel.evaluate("panel => panel.getBoundingClientRect().width") == 390
    for field in (sheet.instructions, sheet.temperature, sheet.length):
        assert field.evaluate("field => getComputedStyle(field).fontSize") == "16px"
    phone.get_by_role("button", name="Close settings").tap()
    expect(sheet.panel).to_be_hidden()
    expect(sheet.button).to_be_focused()
    chat.box.tap()
    expect(chat.box).to_be_focused()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.fixture(scope="module")
def small_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app of its own: one model cannot think, and a person's defaults change."""
    folder = tmp_path_factory.mktemp("small")
    with running_app(folder, CHAT_DEMO_RATE="400", CHAT_MODELS=json.dumps(PLAIN)) as app:
        yield app


@pytest.fixture
def small_page(small_app: App, browser: Browser) -> Iterator[Page]:
    for page in watched(browser.new_context(base_url=small_app.url)):
        sign_in(page)
        yield page


@pytest.mark.long
def test_a_model_without_thinking_is_explained(small_page: Page) -> None:
    thinking(small_page).select_option("high")
    model(small_page).select_option("plain")

    expect(thinking(small_page)).to_be_disabled()
    expect(thinking(small_page)).to_have_value("")
    expect(thinking(small_page)).to_have_attribute("title", re.compile("can.t think"))
    sheet = Sheet(small_page).open()
    expect(sheet.chosen("Thinking", "High")).to_be_disabled()
    expect(sheet.panel.get_by_text("This model can't think first.")).to_be_visible()
    expect(sheet.panel.get_by_text("256–500")).to_be_visible()


@pytest.mark.long
def test_a_new_chat_begins_with_the_persons_defaults(small_page: Page) -> None:
    sheet = Sheet(small_page).open()
    sheet.instructions.fill("Always brief.")
    sheet.choose("Thinking", "Low")
    sheet.as_default.check()
    sheet.save()

    small_page.reload()

    expect(thinking(small_page)).to_have_value("low")
    expect(sheet.button).to_have_attribute("data-changed", "")
    expect(sheet.open().instructions).to_have_value("Always brief.")
    small_page.keyboard.press("Escape")
    chat = Chat(small_page)
    chat.ask("/echo hello")
    expect(thinking(small_page)).to_have_value("low")
