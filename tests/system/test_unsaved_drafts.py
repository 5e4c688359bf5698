"""A draft survives a lost connection, a reload and a server that is down, and is saved no more
often than it needs."""

import re
import time

import pytest
from playwright.sync_api import APIResponse, Page, Request, Route, expect

from tests.servers.proxy import Proxy
from tests.support.people import OWNER, PASSWORD
from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.drafts import is_save, write
from tests.system.images import Held

SECOND = 1_000  # ms
PASTE = """box => {
    box.value = "word ".repeat(60_000);
    box.dispatchEvent(new Event("input", {bubbles: true}));
}"""


@pytest.fixture
def saves(page: Page) -> list[Request]:
    """The saves that left the page."""
    saves: list[Request] = []
    page.on("request", lambda request: saves.append(request) if is_save(request) else None)
    return saves


def test_text_typed_offline_survives_a_reload(page: Page, proxy: Proxy, phone: Page) -> None:
    other, chat = Chat(phone).open(), Chat(page).open(proxy.url)
    write(chat, "Before the tunnel")

    proxy.go_down()
    chat.box.press("End")
    chat.box.press_sequentially(", and in it")
    page.goto("about:blank")
    proxy.come_up()
    chat.open(proxy.url)

    for each in (chat, other):
        expect(each.box).to_have_value("Before the tunnel, and in it")


@pytest.mark.long
def test_text_typed_offline_is_saved_after_reconnecting(
    page: Page, proxy: Proxy, phone: Page
) -> None:
    other = Chat(phone).open()
    chat = Chat(page).open(proxy.url)
    proxy.go_down()
    with page.expect_event("requestfailed", is_save):
        chat.box.fill("In the tunnel")

    proxy.come_up()

    expect(other.box).to_have_value("In the tunnel", timeout=20_000)


@pytest.mark.long
def test_a_text_whose_send_was_interrupted_appears_once_after_a_reload(
    page: Page, proxy: Proxy
) -> None:
    chat = Chat(page).open(proxy.url)
    with Held(page, "**/messages") as sends:
        chat.send("/echo not yet")
        sends.wait(1)
        expect(chat.box).to_have_value("")
        proxy.go_down()
        with page.expect_event("requestfailed", lambda request: "/messages" in request.url):
            sends.routes[0].continue_()
        proxy.come_up()
    page.reload()

    is_there_once(chat)


@pytest.mark.long
def test_a_reload_before_a_send_keeps_the_text_once(chat: Chat) -> None:
    with Held(chat.page, "**/messages") as sends:
        chat.send("/echo not yet")
        sends.wait(1)
        chat.page.reload()
        sends.wait(2)
        sends.routes[1].continue_()

    is_there_once(chat)


def is_there_once(chat: Chat) -> None:
    """As a message, which went out by itself, and not in the box as well."""
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.messages).to_have_count(1)
    expect(chat.box).to_have_value("")
    expect(chat.open(chat.page.url.split("/c/")[0]).box).to_have_value("")


@pytest.mark.long
def test_a_removed_message_does_not_come_back(page: Page, proxy: Proxy) -> None:
    chat = Chat(page).open(proxy.url)
    chat.ask("/echo begun")
    write(chat, "rather not")
    with Held(page, "**/messages") as sends:
        chat.box.press("Enter")
        sends.wait(1)
        sends.routes[0].abort()
        expect(chat.messages.last).to_contain_text("Waiting for the connection")
        with page.expect_response(is_save):
            chat.messages.last.get_by_role("button", name="Remove").click()

    page.reload()

    expect(chat.messages).to_have_count(1)
    expect(chat.box).to_have_value("")


def test_typed_text_is_stored_in_the_tab_at_once(chat: Chat) -> None:
    with Held(chat.page, "**/draft"):
        chat.box.press_sequentially("Herons")
        assert '"text":"Herons"' in chat.page.evaluate("Object.values(sessionStorage).join()")


def test_a_send_whose_answer_was_lost_empties_the_box(chat: Chat) -> None:
    chat.page.route("**/messages", lambda route: (route.fetch(), route.abort()), times=1)
    chat.send("/echo arrived")

    is_there_once(chat)


@pytest.mark.long
def test_the_newer_of_a_local_and_a_remote_draft_is_shown(
    page: Page, phone: Page, proxy: Proxy
) -> None:
    other, chat = Chat(phone).open(), Chat(page).open(proxy.url)
    proxy.go_down()
    with page.expect_event("requestfailed", is_save):
        chat.box.fill("older, never saved")
    page.goto("about:blank")

    write(other, "newer, by the phone")
    proxy.come_up()
    chat.open(proxy.url)

    expect(chat.box).to_have_value("newer, by the phone")
    expect(other.box).to_have_value("newer, by the phone")


@pytest.mark.long
def test_a_draft_kept_in_the_tab_is_not_shown_to_another_person(app: App, page: Page) -> None:
    app.add_person("second@example.com")
    page.context.clear_cookies()
    sign_in(page, OWNER)
    page.route("**/draft", lambda route: route.abort())
    chat = Chat(page)
    chat.box.fill("A private thought")
    expect(chat.box).to_have_value("A private thought")

    page.context.clear_cookies()
    sign_in(page, "second@example.com")
    expect(chat.box).to_have_value("")
    assert "private" not in page.evaluate("Object.values(sessionStorage).join()")


def sign_in(page: Page, email: str) -> None:
    page.goto("/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name=re.compile(email))).to_be_visible()


@pytest.mark.long
def test_a_draft_is_saved_at_once_when_the_box_or_the_page_is_left(page: Page, phone: Page) -> None:
    chat, other = frozen(page), Chat(phone).open()
    chat.box.fill("left the box")

    with page.expect_response(is_save):
        chat.box.blur()
    expect(other.box).to_have_value("left the box")

    chat.box.fill("left the page")
    page.goto("about:blank")
    expect(other.box).to_have_value("left the page")


@pytest.mark.long
def test_an_unchanged_draft_is_not_saved(page: Page, saves: list[Request]) -> None:
    chat = frozen(page)
    write_at_once(chat, "Herons")

    chat.box.press_sequentially("x")
    chat.box.press("Backspace")
    chat.box.blur()
    page.clock.run_for(60 * SECOND)
    page.reload()
    expect(chat.box).to_have_value("Herons")
    page.clock.run_for(60 * SECOND)

    assert len(saves) == 1


def frozen(page: Page) -> Chat:
    """An open page whose time stands still."""
    page.clock.install()
    chat = Chat(page).open()
    page.clock.pause_at(time.time() + 2)
    return chat


def write_at_once(chat: Chat, text: str) -> None:
    chat.box.fill(text)
    with chat.page.expect_response(is_save):
        chat.page.clock.run_for(2 * SECOND)


@pytest.mark.long
def test_constant_typing_is_saved_every_few_seconds(page: Page, saves: list[Request]) -> None:
    chat = frozen(page)

    for _ in range(24):
        chat.box.press_sequentially("x")
        page.clock.run_for(SECOND // 2)

    assert 2 <= len(saves) <= 4


@pytest.mark.long
def test_a_long_text_is_saved_less_often(page: Page, saves: list[Request]) -> None:
    chat = frozen(page)
    chat.box.evaluate(PASTE)
    chat.box.press_sequentially("x")
    page.clock.run_for(3 * SECOND)
    assert not saves

    with page.expect_response(is_save) as saved:
        page.clock.run_for(2 * SECOND)

    assert saved.value.status == 204


def test_an_answer_from_before_a_save_does_not_replace_the_text(page: Page) -> None:
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.method == "GET":
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route_web_socket("**/ws/", lambda socket: None)  # its event would be newer
    page.goto("/")
    page.route("**/draft", hold)
    with page.expect_request("**/draft"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    write(Chat(page), "half a thought")
    assert len(held) == 1

    route, response = held[0]
    with page.expect_response("**/draft") as answered:
        route.fulfill(response=response)
    answered.value.finished()
    page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)))")

    expect(page.get_by_role("textbox", name="Message")).to_have_value("half a thought")
