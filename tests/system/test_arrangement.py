"""The sidebar's entries: pinned, archived, unread, running, renamed and selected, in every tab."""

import re
import zipfile

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.system.conftest import Chat
from tests.system.posts import Post, send, wait_until_complete
from tests.system.test_page_controls import sidebar


def row(page: Page, post: Post) -> Locator:
    return sidebar(page).locator("li", has=page.locator(f'a[href="{post.conversation}"]'))


def begin(page: Page, count: int) -> list[Post]:
    """Begin chats by requests; the last one is the first in the list."""
    page.goto("/")
    posts = [send(page, f"/echo row {number}") for number in range(count)]
    for post in posts:
        wait_until_complete(page, post)
    page.goto("/")
    return posts


def choose(page: Page, post: Post, name: str) -> None:
    entry = row(page, post)
    entry.hover()
    entry.get_by_role("button", name="Options for").click()
    role = "button" if name in ("Pin", "Unpin", "Archive", "Unarchive") else "menuitem"
    page.locator(".chat-menu").get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]


def test_pins_and_the_archive_follow_in_every_tab(page: Page, context: BrowserContext) -> None:
    first, second, third = begin(page, 3)
    other = context.new_page()
    other.goto(third.conversation)

    choose(page, first, "Pin")
    for tab in (page, other):
        expect(sidebar(tab).get_by_role("listitem").first).to_have_attribute("data-pinned", "")
        expect(row(tab, first)).to_have_attribute("data-pinned", "")
    choose(page, second, "Archive")
    for tab in (page, other):
        expect(row(tab, second)).to_have_count(0)
    choose(other, first, "Unpin")
    expect(row(page, first)).not_to_have_attribute("data-pinned", "")
    choose(page, third, "Archive")
    expect(sidebar(other).get_by_role("heading", name="Archived")).to_be_visible()
    choose(other, third, "Unarchive")
    expect(sidebar(page).get_by_role("listitem").nth(0)).to_contain_text("Row 2")


def test_a_reply_is_unread_until_any_tab_opens_it(page: Page, context: BrowserContext) -> None:
    first, second = begin(page, 2)
    away = context.new_page()
    away.goto(second.conversation)

    again = send(page, "/rate 20 /long 60", last=first)
    for tab in (page, away):
        expect(row(tab, first)).to_have_attribute("data-running", "")
    wait_until_complete(page, again)
    for tab in (page, away):
        expect(row(tab, first)).to_have_attribute("data-unread", "")
        expect(row(tab, first).get_by_role("link")).to_have_attribute(
            "aria-description", "New reply"
        )
    page.reload()
    expect(row(page, first)).to_have_attribute("data-unread", "")

    page.goto(first.conversation)
    for tab in (page, away):
        expect(row(tab, first)).not_to_have_attribute("data-unread", "")
    Chat(page).ask("/echo seen at once")
    page.goto(second.conversation)
    expect(row(page, first)).to_have_count(1)
    expect(row(page, first)).not_to_have_attribute("data-unread", "")


def test_renaming_in_place_by_keys(page: Page) -> None:
    _neighbour, post = begin(page, 2)
    link = row(page, post).get_by_role("link")
    link.focus()

    page.keyboard.press("F2")
    field = row(page, post).get_by_role("textbox", name="Title")
    expect(field).to_be_focused()
    field.fill("Not this")
    field.press("Escape")
    expect(link).to_be_focused()
    expect(link).not_to_have_text("Not this")
    page.keyboard.press("F2")
    field.fill("  Cranes   in spring ")
    field.press("Enter")
    expect(link).to_be_focused()
    expect(link).to_have_text("Cranes in spring")
    page.keyboard.press("Delete")
    expect(row(page, post)).to_have_count(0)
    expect(page.get_by_text("Chat deleted", exact=True)).to_be_visible()
    expect(sidebar(page).locator(":focus")).to_have_count(1)


def test_several_are_selected_by_keys_and_by_ranges(page: Page) -> None:
    posts = begin(page, 5)[::-1]
    choose(page, posts[0], "Select chats")
    bar = page.get_by_role("group", name="Selected chats")
    boxes = sidebar(page).get_by_role("checkbox")
    expect(boxes.first).to_be_focused()
    expect(bar.get_by_role("status")).to_have_text("1 chat selected")

    page.keyboard.press("Shift+ArrowDown")
    expect(bar.get_by_role("status")).to_have_text("2 chats selected")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(bar.get_by_role("status")).to_have_text("3 chats selected")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(row(page, posts[2]).get_by_role("link")).to_be_focused()

    choose(page, posts[0], "Select chats")
    boxes.nth(3).click(modifiers=["Shift"])
    expect(bar.get_by_role("status")).to_have_text("4 chats selected")
    boxes.nth(0).uncheck()
    bar.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("3 chats deleted")).to_be_visible()
    for post in posts[1:4]:
        expect(row(page, post)).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    for post in posts:
        expect(row(page, post)).to_have_count(1)
    expect(bar).to_be_hidden()

    choose(page, posts[0], "Select chats")
    bar.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        pages = [name for name in archive.namelist() if re.match(r"pages/.+\.html", name)]
    assert len(pages) == 1
    page.get_by_role("button", name="Remove from this site").click()  # others begin without one
    expect(page.get_by_role("button", name="Export everything")).to_be_visible()


def test_on_a_phone_everything_is_in_the_drawer(phone: Page) -> None:
    posts = begin(phone, 2)
    phone.get_by_role("button", name="Open conversations").tap()
    row(phone, posts[0]).get_by_role("button", name="Options for").tap()
    phone.get_by_role("button", name="Pin", exact=True).tap()
    expect(row(phone, posts[0])).to_have_attribute("data-pinned", "")
    expect(phone.locator("#sidebar")).to_be_visible()
    row(phone, posts[1]).get_by_role("button", name="Options for").tap()
    phone.get_by_role("menuitem", name="Delete").tap()
    expect(row(phone, posts[1])).to_have_count(0)
    phone.get_by_role("button", name="Undo").tap()
    phone.get_by_role("button", name="Open conversations").tap()
    expect(row(phone, posts[1])).to_have_count(1)
