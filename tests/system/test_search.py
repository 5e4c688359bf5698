"""Search and commands by the keyboard, on a phone, and where the connection is lost."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.system.conftest import Chat
from tests.system.test_accessibility import check


def opened(page: Page) -> Locator:
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search")
    expect(box).to_be_focused()
    return box


def test_a_message_is_found_and_opened_by_the_keyboard(chat: Chat) -> None:
    page = chat.page
    chat.ask("/echo a lonely walrus <b>")
    chat.ask("/echo something else")
    page.goto("/")

    box = opened(page)
    box.press_sequentially("walr")
    options = page.get_by_role("listbox", name="Results").get_by_role("option")
    expect(page.locator("[data-spoken]").last).to_have_text(re.compile(r"[23] results"))
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(options.locator("mark").first).to_have_text("walr")
    check(page)
    box.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    box.press("Enter")

    expect(page.locator("article:target")).to_contain_text("a lonely walrus <b>")
    expect(page.locator("article:target")).to_be_in_viewport()


def test_the_palette_runs_commands_and_closes(chat: Chat) -> None:
    page = chat.page
    box = opened(page)
    expect(page.get_by_role("option", name="New chat")).to_be_visible()
    expect(page.get_by_text("What you can type")).to_be_visible()
    page.keyboard.press("Control+k")
    expect(box).to_be_hidden()
    expect(chat.box).to_be_focused()

    opened(page).fill("dark th")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    box = opened(page)
    page.keyboard.press("Control+/")  # only one dialog is open at a time
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    box.fill("keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_a_lost_connection_is_explained_and_a_search_works_again(chat: Chat) -> None:
    page = chat.page
    box = opened(page)

    page.context.set_offline(True)
    box.fill("walrus")
    expect(page.locator("[data-error]")).to_contain_text("You're offline.")

    page.context.set_offline(False)
    box.fill("walrus s")
    expect(page.locator("[data-error]")).to_be_hidden()
    expect(page.locator(".search-count")).to_have_text("Nothing found. Try fewer or other words.")


def test_the_page_fits_a_phone(chat: Chat) -> None:
    page = chat.page
    chat.ask("/echo a walrus whose title is far too long for the width of a phone")
    page.set_viewport_size({"width": 390, "height": 844})

    page.goto("/search/?q=walrus")

    expect(page.locator(".hit").first).to_be_visible()
    assert page.evaluate("document.querySelector('main').scrollWidth") <= 390
    check(page)


def test_the_focus_is_not_lost_with_the_menu_that_the_dialog_was_opened_from(chat: Chat) -> None:
    page = chat.page
    page.get_by_role("button", name="owner@").press("Enter")
    page.get_by_role("button", name="Keyboard shortcuts").press("Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(chat.box).to_be_focused()

    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    page.get_by_role("button", name="Open conversations").press("Enter")
    page.get_by_role("link", name="Search").press("Enter")
    expect(page.get_by_role("combobox", name="Search")).to_be_focused()
    page.keyboard.press("Escape")
    expect(chat.box).to_be_focused()
