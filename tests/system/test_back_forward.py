"""Back and Forward after a sign-out, in a browser that keeps whole pages in memory.

Chromium drops pages that say `no-store` at a sign-out; WebKit restores them. So the first tests go
through a line that takes that word out, and only the page's own guard stands between.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from tests.servers.proxy import Proxy
from tests.support.people import OWNER
from tests.system.app import App
from tests.system.browser import find_full_browser, launch_arguments
from tests.system.conftest import Chat, watched
from tests.system.images import attach, saved_many
from tests.system.people import end_login, fill_in, sign_out

SIGN_IN = re.compile(r"/account/sign-in/")
SECRET = "heron"
# Heard before the page's own listeners: what would be painted if they came too late.
WATCH = """
addEventListener("pageshow", ({ persisted }) => {
    if (persisted) console.info("restored", getComputedStyle(document.body).visibility);
});
"""


@pytest.fixture(scope="session")
def full_browser(browser_type: BrowserType) -> Iterator[Browser]:
    path = find_full_browser()
    if not path:
        pytest.skip("no full Chromium on this machine (Debian: apt install chromium)")
    arguments: Any = launch_arguments() | {"executable_path": path}
    browser = browser_type.launch(**arguments, ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


@pytest.fixture
def context(full_browser: Browser, app: App) -> BrowserContext:
    """A browser that nobody has signed in."""
    app.forget_drafts()
    return full_browser.new_context(base_url=app.url)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    yield from watched(context)


@pytest.fixture
def restored(context: BrowserContext) -> list[str]:
    """For each page that came back from memory, whether it could be seen in that moment."""
    found: list[str] = []
    context.add_init_script(WATCH)
    context.on(
        "console",
        lambda said: found.append(said.text.split()[1]) if "restored" in said.text else None,
    )
    return found


@pytest.fixture
def kept(restored: list[str], page: Page, proxy: Proxy) -> Chat:
    """A conversation that the browser keeps in its memory when one leaves it."""
    proxy.replaced[b"private, no-store"] = b"private, no-cache"
    return private(page, proxy.url)


@pytest.fixture
def honest(restored: list[str], page: Page, app: App) -> Chat:
    """A conversation as it comes from the server."""
    return private(page, app.url)


def private(page: Page, url: str) -> Chat:
    page.goto(url)
    fill_in(page.locator("form"), OWNER)
    chat = Chat(page)
    chat.ask(f"/echo the {SECRET} flies")
    page.reload()  # or the conversation would share its history entry with the empty page
    return chat


def go(page: Page, by: int) -> None:
    """What the browser's own buttons do. Playwright's wait for a load, which memory spares."""
    session = page.context.new_cdp_session(page)
    history = session.send("Page.getNavigationHistory")
    entry = history["entries"][history["currentIndex"] + by]
    session.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})


def come_back(page: Page, by: int = -1) -> None:
    with page.expect_console_message(lambda said: "restored" in said.text):
        go(page, by)


def sign_out_there(page: Page) -> None:
    """Sign out on the page that asks whether one means it."""
    leave(page, "/account/sign-out/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def load_again(page: Page, by: int) -> None:
    with page.expect_event("framenavigated"):
        go(page, by)


def leave(page: Page, path: str = "/storage/") -> None:
    page.goto(re.sub(r"(//[^/]+).*", r"\1", page.url) + path)


def shows_nothing(page: Page) -> None:
    expect(page).to_have_url(SIGN_IN)
    expect(page).to_have_title("Sign in · Chat")
    assert SECRET not in page.content()


@pytest.mark.long
def test_back_leads_to_the_page_as_it_was_left(kept: Chat, restored: list[str]) -> None:
    kept.box.fill("half a thought")
    leave(kept.page)

    come_back(kept.page)

    expect(kept.messages).to_be_visible()
    expect(kept.box).to_have_value("half a thought")
    assert restored == ["hidden"]
    kept.box.fill("")
    assert kept.ask("/echo and on") == "and on"  # its socket is open again


def test_back_and_forward_after_a_sign_out_show_nothing(kept: Chat, restored: list[str]) -> None:
    leave(kept.page)
    sign_out_there(kept.page)

    for by in (-1, -1):
        come_back(kept.page, by)
        shows_nothing(kept.page)

    load_again(kept.page, 1)
    shows_nothing(kept.page)
    assert restored == ["hidden", "hidden"]


@pytest.mark.long
def test_the_back_history_of_another_tab_shows_nothing(
    kept: Chat, context: BrowserContext, restored: list[str]
) -> None:
    other = context.new_page()
    other.goto(kept.page.url)
    leave(other)
    sign_out(kept.page)
    shows_nothing(other)

    come_back(other)

    shows_nothing(other)
    assert restored == ["hidden"]


@pytest.mark.long
def test_a_sign_out_without_scripts_empties_the_back_history(
    kept: Chat, restored: list[str]
) -> None:
    page = kept.page
    token = page.locator("[data-sign-out] [name=csrfmiddlewaretoken]").input_value()
    leave(page, "/healthz")  # a page without scripts
    form = {"csrfmiddlewaretoken": token}
    page.context.request.post(re.sub("/healthz", "/account/sign-out/", page.url), form=form)

    come_back(page)

    shows_nothing(page)
    assert restored == ["hidden"]


@pytest.mark.long
def test_an_expired_login_keeps_the_page_in_memory(
    kept: Chat, app: App, restored: list[str]
) -> None:
    kept.box.fill("half a thought")
    end_login(app, kept.page)
    leave(kept.page)
    expect(kept.page).to_have_url(SIGN_IN)

    come_back(kept.page)

    expect(kept.messages).to_be_visible()
    expect(kept.box).to_have_value("half a thought")


@pytest.mark.long
def test_back_shows_another_person_nothing(
    kept: Chat, app: App, member: str, restored: list[str]
) -> None:
    page = kept.page
    kept.box.fill("half a thought")
    end_login(app, page)
    leave(page)
    fill_in(page.locator("form"), member)
    expect(page).to_have_url(re.compile("/storage/$"))

    come_back(page, -2)

    expect(page.get_by_role("button", name=re.compile(member))).to_be_visible()
    assert restored == ["hidden"]
    assert SECRET not in page.content()
    assert "half a thought" not in page.content()
    assert "half a thought" not in page.evaluate("JSON.stringify({...sessionStorage})")


@pytest.mark.long
@pytest.mark.parametrize("is_offline", [False, True])
def test_without_the_guard_the_browser_still_shows_nothing(
    honest: Chat, restored: list[str], is_offline: bool
) -> None:
    page = honest.page
    leave(page)
    sign_out_there(page)
    page.context.set_offline(is_offline)

    for by in (-1, -1, 1, 1):
        load_again(page, by)
        page.wait_for_load_state()
        assert SECRET not in page.content()
        assert SECRET not in page.title()
    assert restored == []


@pytest.mark.long
def test_an_image_in_the_back_history_is_forgotten(
    honest: Chat, context: BrowserContext, tmp_path: Path
) -> None:
    attach(honest.page, *saved_many(tmp_path, 1))
    honest.ask("/echo look")
    link = honest.messages.last.locator("[data-part=image]")
    addresses = [link.get_attribute("href"), link.locator("img").get_attribute("src")]
    tabs = [context.new_page() for _ in addresses]
    for tab, address in zip(tabs, addresses, strict=True):
        tab.goto(str(address))
        leave(tab)
    sign_out(honest.page)

    for tab in tabs:
        shows_nothing(tab)
        load_again(tab, -1)
        shows_nothing(tab)


@pytest.mark.long
def test_without_scripts_back_shows_nothing(full_browser: Browser, app: App) -> None:
    context = full_browser.new_context(base_url=app.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    fill_in(page.locator("form"), OWNER)
    chat = Chat(page)
    chat.box.fill(f"/echo the {SECRET} flies")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    leave(page)
    leave(page, "/account/sign-out/")
    page.get_by_role("button", name="Sign out").click()

    for by in (-1, -1, -1):
        load_again(page, by)
        shows_nothing(page)
    context.close()
