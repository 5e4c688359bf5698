"""The list of conversations keeps its place, and is one stop of the Tab key."""

from playwright.sync_api import Page, expect

from tests.system.conftest import Chat
from tests.system.posts import send, wait_until_complete

CHATS = 14  # more than fit into the window


def test_the_list_folds_on_a_wide_screen_and_stays_folded(page: Page) -> None:
    chat = Chat(page).open()
    nav = page.get_by_role("navigation", name="Conversations")
    page.get_by_role("button", name="Close conversations").click()
    expect(nav).to_be_hidden()
    expect(page.get_by_role("button", name="Open conversations")).to_be_focused()
    page.reload()
    expect(nav).to_be_hidden()
    chat.box.fill("typed")

    page.keyboard.press("Shift+Tab")
    page.get_by_role("button", name="Open conversations").click()
    expect(nav).to_be_visible()
    expect(page.get_by_role("button", name="Close conversations")).to_be_focused()
    expect(chat.box).to_have_value("typed")


def test_the_list_keeps_its_place_and_moves_by_arrow_keys(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 500})
    chat = Chat(page).open()
    for post in [send(page, f"/rate 0 /echo chat {number}") for number in range(CHATS)]:
        wait_until_complete(page, post)
    nav = chat.open().page.get_by_role("navigation", name="Conversations")
    links = nav.get_by_role("link")
    nav.evaluate("nav => nav.scrollTo(0, 90)")
    links.nth(6).click()
    expect(links.nth(6)).to_have_attribute("aria-current", "page")

    assert nav.evaluate("nav => nav.scrollTop") == 90
    expect(links.nth(6)).to_be_in_viewport(ratio=1)
    expect(links.nth(6)).to_have_attribute("title", links.nth(6).inner_text())

    page.locator("[data-new-chat]").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Search")).to_be_focused()
    page.keyboard.press("Tab")
    expect(links.nth(6)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(links.nth(5)).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(nav.get_by_role("button").nth(5)).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".account-button")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(nav.get_by_role("button").nth(5)).to_be_focused()
