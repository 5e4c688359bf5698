"""What the first load does without: an early click isn't lost, and a missing file stops nobody."""

import pytest
from playwright.sync_api import Route, expect

from tests.system.conftest import Chat
from tests.system.sheet import Sheet, thinking

pytestmark = pytest.mark.long

AFTER_RETRY = 11_000  # ms; a failed file is asked for again after 10 s


def entry_button(chat: Chat) -> None:
    chat.page.locator(".conversation").first.get_by_role("button").click()


def test_a_click_before_the_script_is_there_is_not_lost(chat: Chat) -> None:
    held: list[Route] = []
    chat.page.route("**/js/settings*.js", lambda route: held.append(route))
    sheet = Sheet(chat.page)

    sheet.button.click()
    expect(chat.box).to_be_visible()
    expect(sheet.panel).to_be_hidden()
    expect(chat.page.locator(".panel")).to_have_count(1)
    held[0].continue_()

    expect(sheet.panel).to_be_visible()
    expect(chat.page.get_by_role("button", name="Close settings")).to_be_focused()
    assert len(held) == 1
    chat.page.keyboard.press("Escape")
    expect(sheet.button).to_be_focused()


def test_without_its_script_a_button_leads_to_its_page(chat: Chat) -> None:
    chat.page.route("**/js/settings*.js", lambda route: route.abort())
    chat.box.fill("Half a thought")
    sheet = Sheet(chat.page)

    sheet.button.click()
    chat.page.wait_for_url("**/settings/defaults?")

    expect(sheet.panel).to_be_visible()
    expect(chat.box).to_have_value("Half a thought")


def test_without_a_connection_a_link_leaves_the_page_as_it_is(chat: Chat) -> None:
    url = chat.page.url
    chat.page.context.set_offline(True)

    chat.page.get_by_role("link", name="Search").click()

    expect(chat.page.get_by_text("No connection to the server.")).to_be_visible()
    chat.page.context.set_offline(False)
    expect(chat.page).to_have_url(url)


def test_a_menu_is_tried_again_after_a_failure(chat: Chat) -> None:
    page = chat.page
    page.clock.install()
    chat.ask("/echo hello")
    page.route("**/conversation-menu", lambda route: route.abort())

    entry_button(chat)
    expect(page.get_by_text("No connection to the server.")).to_be_visible()
    page.unroute("**/conversation-menu")
    page.clock.fast_forward(AFTER_RETRY)
    entry_button(chat)

    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()


def test_what_was_chosen_for_a_new_chat_is_sent_without_its_sheet(chat: Chat) -> None:
    sheet = Sheet(chat.page).open()
    sheet.instructions.fill("Be a heron.")
    sheet.save()
    thinking(chat.page).select_option("high")
    chat.page.route("**/js/settings*.js", lambda route: route.abort())
    chat.page.reload()

    chat.ask("/echo hello")

    chat.page.unroute("**/js/settings*.js")
    chat.page.reload()
    expect(sheet.open().instructions).to_have_value("Be a heron.")
