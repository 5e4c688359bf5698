"""Deleting asks nothing and can be undone, in every tab and without scripts."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.system.conftest import Chat
from tests.system.posts import send, wait_until_complete
from tests.system.test_page_controls import sidebar

# As when another tab empties a trash with ten chats.
TEN_EVENTS = """() => {
  for (let count = 0; count < 10; count++) {
    const detail = { conversation: crypto.randomUUID() };
    document.dispatchEvent(new CustomEvent("live:conversation.deleted", { detail }));
  }
}"""


def open_and_listen(context: BrowserContext) -> Page:
    """Open the empty page in a new tab and wait until its socket brings events."""
    page = context.new_page()
    with page.expect_event("websocket") as opened:
        page.goto("/")
    opened.value.wait_for_event("framereceived")
    return page


def delete_first(page: Page) -> None:
    """Delete the newest chat; other tests may have left pinned ones above it."""
    entry = sidebar(page).locator("li:not([data-pinned])").first
    entry.hover()
    entry.get_by_role("button", name="Options for").click()
    page.get_by_role("menuitem", name="Delete").click()


def test_a_deletion_is_undone_from_any_tab(chat: Chat) -> None:
    chat.ask("/echo to be kept")
    page, url = chat.page, chat.page.url
    second = open_and_listen(page.context)

    delete_first(page)

    expect(page).to_have_url(re.compile(r"/$"))
    for tab in (page, second):
        expect(tab.get_by_text("Deleted", exact=True)).to_be_visible()
    path = re.sub(r"^https?://[^/]+", "", url)
    expect(sidebar(second).locator(f'a[href="{path}"]')).to_have_count(0)
    second.get_by_role("button", name="Undo").click()
    for tab in (page, second):
        expect(tab.get_by_text("Deleted", exact=True)).to_be_hidden()
        expect(sidebar(tab).locator(f'a[href="{path}"]')).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/$"))  # the tab from which it was undone goes back
    delete_first(page)
    expect(page.get_by_text("Deleted", exact=True)).to_be_visible()
    page.reload()  # the next page offers it, too
    expect(page.get_by_text("Deleted", exact=True)).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_text("Deleted", exact=True)).to_be_hidden()
    expect(
        sidebar(page).locator(f'a[href="{re.sub(r"^https?://[^/]+", "", url)}"]')
    ).to_be_visible()


def test_the_trash_restores_and_deletes_for_good(page: Page, context: BrowserContext) -> None:
    chat = Chat(page).open()
    posts = [send(page, f"/echo chat {number}") for number in range(3)]
    for post in posts:
        wait_until_complete(page, post)
    chat.open("/trash/")
    other = open_and_listen(context)
    for number in (2, 1, 0):
        newest = sidebar(other).locator("li:not([data-pinned])").first
        expect(newest.get_by_role("link")).to_have_text(f"Chat {number}")
        delete_first(other)
        expect(other.get_by_text("Deleted", exact=True)).to_be_visible()
    rows = page.locator(".put-away li").filter(has=page.get_by_text(re.compile(r"^Chat \d$")))
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("30 days left")

    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    with page.expect_response(re.compile("/trash/$")):
        page.evaluate(TEN_EVENTS)
    page.evaluate("fetch('/readyz')")  # behind the fetches that the events have begun
    assert len([url for url in fetched if url.endswith("/trash/")]) <= 2

    rows.first.get_by_role("button", name="Restore").click()
    expect(page).to_have_url(re.compile("/c/"))
    chat.open("/trash/")
    rows.first.get_by_role("button", name="for good").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(rows).to_have_count(1)
    page.get_by_role("button", name="Empty trash").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    for tab in (page, other):
        expect(tab.get_by_text("Deleted", exact=True)).to_be_hidden()
    expect(page.get_by_text("The trash is empty.")).to_be_visible()


def test_a_stale_tab_restores_the_chat_and_sends(chat: Chat, context: BrowserContext) -> None:
    chat.ask("/echo first")
    page = context.new_page()
    page.route_web_socket(re.compile("/ws/"), lambda _socket: None)
    stale = Chat(page).open(chat.page.url)
    delete_first(chat.page)
    expect(chat.page.get_by_text("Deleted", exact=True)).to_be_visible()

    stale.send("/echo second")
    expect(page.get_by_text("This conversation was deleted")).to_be_visible()
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("This conversation was deleted")).to_be_hidden()
    expect(stale.box).to_be_focused()
    expect(stale.box).to_have_value("/echo second")
    stale.box.press("Enter")
    expect(stale.messages).to_have_count(2)


def test_without_scripts_deleting_leads_to_a_page_that_restores(
    browser: Browser, browser_context_args: dict[str, object], chat: Chat
) -> None:
    chat.ask("/echo plain")
    url = chat.page.url
    context = browser.new_context(**browser_context_args, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(url)
    page.get_by_text("Options", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile("/trash/"))
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(url)
    page.get_by_text("Options", exact=True).click()
    page.get_by_role("button", name="Pin").click()
    expect(sidebar(page).locator("[data-pinned]:has([aria-current])")).to_have_count(1)
    page.get_by_text("Options", exact=True).click()
    page.get_by_role("button", name="Unpin").click()
    page.get_by_text("Options", exact=True).click()
    page.get_by_role("button", name="Archive").click()
    page.goto("/archive/")
    page.get_by_role("button", name="Unarchive Plain").click()
    expect(page.get_by_role("button", name="Unarchive Plain")).to_have_count(0)
    context.close()
