"""A deliberate sign-out: nothing private is shown or kept in any tab of the browser."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Error, Locator, Page, expect

from tests.servers.proxy import Proxy
from tests.support.people import OWNER
from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.images import attach, saved_many
from tests.system.people import end_login, fill_in, sign_in_afresh, sign_out

SIGN_IN = re.compile(r"/account/sign-in/")
SECRET = "heron"
NO_COOKIE_EVENTS = "delete window.cookieStore"  # over plain HTTP and in older browsers
STORED = "JSON.stringify({...sessionStorage})"
CACHES = ["default", "force-cache", "only-if-cached"]
FETCH = """async ([address, cache]) => {
    try {
        const answer = await fetch(address, { cache, mode: "same-origin" });
        return answer.headers.get("content-type");
    } catch {
        return "";
    }
}"""


@pytest.fixture
def first(page: Page) -> Page:
    """A tab of a browser with a login of its own."""
    sign_in_afresh(page)
    return page


@pytest.fixture
def second(first: Page, context: BrowserContext) -> Chat:
    """Another tab: a conversation, a half-written message and one that waits to be sent."""
    chat = Chat(context.new_page()).open()
    chat.ask(f"/echo the {SECRET} flies")
    return chat


def write_without_a_server(chat: Chat) -> None:
    """Leave text in the tab alone: a message that waits, and one that is being written."""
    chat.page.route("**/messages", lambda route: route.abort())
    chat.page.route("**/draft", lambda route: route.abort())
    chat.send(f"/echo {SECRET} sent")
    expect(chat.messages).to_have_count(2)
    chat.box.fill(f"{SECRET} typed")
    chat.page.evaluate("document.querySelector('textarea').blur()")
    expect(chat.page.locator("body")).to_contain_text("Waiting for the connection")


def shows_nothing(page: Page) -> None:
    expect(page).to_have_url(SIGN_IN)
    expect(page).to_have_title("Sign in · Chat")
    assert SECRET not in page.content()
    page.wait_for_function(f"{STORED} === '{{}}'")


def by_hand(page: Page) -> None:
    """Sign out as a page without scripts does, from no tab."""
    token = page.locator("[data-sign-out] [name=csrfmiddlewaretoken]").input_value()
    page.context.request.post("/account/sign-out/", form={"csrfmiddlewaretoken": token})


def cdp(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def test_signing_out_leaves_nothing_in_the_tab(first: Page) -> None:
    chat = Chat(first)
    chat.ask(f"/echo the {SECRET} flies")
    place = first.url
    write_without_a_server(chat)

    sign_out(first)

    shows_nothing(first)
    first.evaluate("history.back()")
    expect(first).to_have_url(re.compile(r"sign-in/\?next="))
    shows_nothing(first)
    first.goto(place)
    shows_nothing(first)


def test_signing_out_empties_another_tab_at_once(first: Page, second: Chat) -> None:
    write_without_a_server(second)

    sign_out(first)

    shows_nothing(second.page)


@pytest.mark.long
@pytest.mark.parametrize("events", ["cookies", "storage"])
def test_signing_out_empties_a_tab_without_a_socket(
    first: Page, context: BrowserContext, events: str
) -> None:
    page = context.new_page()
    page.route_web_socket("**/ws/", lambda socket: None)
    if events == "storage":
        page.add_init_script(NO_COOKIE_EVENTS)
    Chat(page).open().send(f"/echo the {SECRET} flies")
    expect(page.get_by_text(SECRET).first).to_be_visible()

    sign_out(first)

    shows_nothing(page)


@pytest.mark.long
@pytest.mark.parametrize("events", ["cookies", "socket"])
def test_a_sign_out_without_scripts_reaches_every_tab(
    first: Page, context: BrowserContext, events: str
) -> None:
    page = context.new_page()
    if events == "socket":
        page.add_init_script(NO_COOKIE_EVENTS)
    chat = Chat(page).open()
    chat.ask(f"/echo the {SECRET} flies")

    by_hand(page)

    shows_nothing(page)


@pytest.mark.long
def test_signing_out_blanks_a_tab_without_a_network(first: Page, second: Chat) -> None:
    network = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    cdp(second.page).send("Network.emulateNetworkConditions", network)

    sign_out(first)

    expect(second.messages).to_have_count(0)
    assert SECRET not in second.page.content()
    assert SECRET not in second.page.title()


@pytest.mark.long
def test_a_frozen_tab_is_emptied_when_it_wakes(first: Page, second: Chat) -> None:
    session = cdp(second.page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})

    sign_out(first)
    session.send("Page.setWebLifecycleState", {"state": "active"})

    shows_nothing(second.page)


@pytest.mark.long
def test_a_tab_that_slept_through_a_sign_out_shows_nothing_to_another_person(
    first: Page, second: Chat, member: str
) -> None:
    write_without_a_server(second)
    session = cdp(second.page)
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    sign_out(first)
    fill_in(first.locator("form"), member)
    expect(Chat(first).box).to_be_visible()

    session.send("Emulation.setScriptExecutionDisabled", {"value": False})
    with suppress(Error):  # its socket may have led the page away already
        second.page.evaluate("document.dispatchEvent(new Event('resume'))")

    page = second.page
    expect(page.get_by_role("button", name=re.compile(member))).to_be_visible()
    assert SECRET not in page.content()
    assert SECRET not in page.evaluate(STORED)


@pytest.fixture
def image(first: Page, tmp_path: Path) -> Locator:
    """A link in a conversation, around a thumbnail that has been seen."""
    chat = Chat(first)
    attach(first, *saved_many(tmp_path, 1))
    chat.ask("/echo look")
    first.reload()
    link = chat.messages.locator("[data-part=image]")
    expect(link.locator("img")).to_have_js_property("complete", True)
    return link


@pytest.mark.long
def test_an_image_in_its_own_tab_is_hidden(first: Page, image: Locator) -> None:
    with first.context.expect_page() as opened:
        image.click(modifiers=["Control"])
    tab = opened.value
    expect(tab.locator("img")).to_have_js_property("complete", True)
    assert tab.locator("img").evaluate("img => img.naturalWidth") > 0

    sign_out(first)

    shows_nothing(tab)


@pytest.mark.long
@pytest.mark.parametrize("is_offline", [False, True])
def test_no_cache_shows_an_image_or_a_page(first: Page, image: Locator, is_offline: bool) -> None:
    page, small, large = first, image.locator("img"), image.get_attribute("href")
    addresses = [page.url, str(large), str(small.get_attribute("src"))]
    sign_out(page)
    page.context.set_offline(is_offline)

    for address in addresses:
        asked = [page.evaluate(FETCH, [address, cache]) for cache in CACHES]
        assert not [kind for kind in asked if kind.startswith("image/")]
        tab = page.context.new_page()
        if is_offline:
            with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
                tab.goto(address)
        else:
            tab.goto(address)
            expect(tab).to_have_url(SIGN_IN)


@pytest.mark.long
def test_a_sign_out_that_does_not_arrive_removes_nothing(page: Page, proxy: Proxy) -> None:
    sign_in_afresh(page)
    chat = Chat(page).open(proxy.url)
    chat.ask("/echo first")
    place = page.url
    proxy.go_down()
    chat.send("/echo waits")
    chat.box.fill("half a thought")
    page.get_by_role("button", name=re.compile(OWNER)).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).not_to_have_url(place)

    proxy.come_up()
    page.goto(place)

    expect(chat.replies).to_have_count(2)
    expect(chat.messages.last).to_contain_text("waits")
    expect(chat.box).to_have_value("half a thought")


@pytest.mark.long
def test_a_sign_out_without_an_answer_shows_the_page_again(first: Page) -> None:
    chat = Chat(first)
    chat.ask("/echo still here")
    first.clock.install()
    first.route("**/account/sign-out/", lambda route: route.fulfill(status=204))
    first.get_by_role("button", name=re.compile(OWNER)).click()
    first.get_by_role("button", name="Sign out").click()
    expect(chat.messages).to_be_hidden()

    first.clock.fast_forward(11_000)

    expect(chat.messages).to_be_visible()


@pytest.mark.long
def test_an_expired_session_keeps_the_drafts_of_every_tab(
    first: Page, second: Chat, app: App
) -> None:
    tabs = [Chat(first), second]
    tabs[0].ask("/echo the other flies")
    end_login(app, first)
    for chat, text in zip(tabs, ["one thought", "another"], strict=True):
        chat.box.fill(text)
        chat.page.evaluate("document.querySelector('textarea').blur()")
    second.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(second.messages).to_be_visible()

    for chat, text in zip(tabs, ["one thought", "another"], strict=True):
        chat.page.reload()
        if SIGN_IN.search(chat.page.url):
            fill_in(chat.page.locator("form"), OWNER)
        expect(chat.box).to_have_value(text)


@pytest.mark.long
def test_signing_out_of_an_expired_session_empties_other_tabs(
    first: Page, second: Chat, app: App
) -> None:
    write_without_a_server(second)
    end_login(app, first)

    sign_out(first)

    shows_nothing(second.page)


@pytest.mark.long
def test_drafts_of_an_expired_session_are_removed_for_another_person(
    first: Page, second: Chat, app: App, member: str
) -> None:
    write_without_a_server(second)
    end_login(app, first)
    second.page.reload()
    expect(second.page).to_have_url(SIGN_IN)
    assert SECRET in second.page.evaluate(STORED)

    fill_in(second.page.locator("form"), member)

    expect(second.page.get_by_role("heading", name="Page not found")).to_be_visible()
    second.page.wait_for_load_state("networkidle")  # its scripts have looked whose tab it is
    assert SECRET not in second.page.evaluate(STORED)
