"""A page that lost its connection, slept or missed events catches up without a reload."""

import json
import re
import time
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.servers.proxy import Proxy
from tests.system.app import App
from tests.system.conftest import Chat

RUNNING = "/rate 50 /long 80"
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def near(far: Chat, app: App, context: BrowserContext) -> Chat:
    """The same conversation in a tab with its own connection."""
    path = re.sub(r"^https?://[^/]+", "", far.page.url)
    return Chat(context.new_page()).open(app.url + path)


class Wire:
    """The socket of a page, seen from the middle: events are dropped, changed or added."""

    def __init__(self, page: Page) -> None:
        self.dropped: set[str] = set()
        self.hello: dict[str, Any] = {}
        page.route_web_socket("**/ws/", self._open)

    def say(self, **event: Any) -> None:
        self._socket.send(json.dumps(event))

    def _open(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.connect_to_server().on_message(self._pass_on)

    def _pass_on(self, message: str | bytes) -> None:
        event = json.loads(message)
        if event["type"] == "hello":
            event |= self.hello
        if event["type"] not in self.dropped:
            self._socket.send(json.dumps(event))


@pytest.mark.long
def test_messages_missed_without_a_connection_are_shown_once(
    far: Chat, near: Chat, proxy: Proxy
) -> None:
    proxy.go_down()
    expect(far.page.get_by_text("Reconnecting")).to_be_visible()
    near.ask("/echo second")
    near.ask("/echo third")
    near.send(RUNNING)
    expect(near.replies.last.locator(".block").first).to_be_visible()

    proxy.come_up()

    expect(far.replies).to_have_count(4, timeout=20_000)
    expect(far.replies.last).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(far.page.get_by_text("Reconnecting")).to_be_hidden()
    assert far.said == near.said
    before = far.said
    far.page.reload()
    assert far.said == before


@pytest.mark.long
def test_a_reader_further_up_stays_there(far: Chat, near: Chat, proxy: Proxy) -> None:
    far.ask("/echo " + "A long line.\n\n" * 80)
    pane = far.page.locator(".scroller")
    pane.hover()
    far.page.mouse.wheel(0, -600)
    expect(far.page.get_by_role("button", name="Jump to newest")).to_be_visible()
    held = pane.evaluate("pane => pane.scrollTop")
    proxy.go_down()
    near.ask("/echo elsewhere")

    proxy.come_up()

    expect(far.messages).to_have_count(3, timeout=20_000)
    assert pane.evaluate("pane => pane.scrollTop") == held


def test_a_page_that_is_visible_again_does_not_trust_its_connection(
    far: Chat, near: Chat, proxy: Proxy
) -> None:
    proxy.silence()
    near.ask("/echo second")
    expect(far.messages).to_have_count(1)

    far.page.evaluate(LOOK)

    expect(far.messages).to_have_count(2, timeout=3_000)
    assert far.said == near.said


@pytest.mark.long
def test_after_a_sleep_the_page_reconnects(page: Page, app: App, proxy: Proxy) -> None:
    page.clock.install()
    chat = Chat(page).open(proxy.url)
    chat.ask("/echo first")
    other = Chat(page.context.new_page())
    other.open(app.url + re.sub(r"^https?://[^/]+", "", page.url))
    proxy.silence()
    other.ask("/echo second")

    page.clock.set_system_time(time.time() + 600)  # timers went to sleep, too

    expect(chat.messages).to_have_count(2)
    other.ask("/echo third")
    expect(chat.messages).to_have_count(3)


@pytest.mark.long
def test_a_page_from_the_browsers_cache_catches_up(far: Chat, near: Chat) -> None:
    far.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    near.ask("/echo second")
    expect(far.messages).to_have_count(1)

    far.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(far.messages).to_have_count(2)
    near.ask("/echo third")
    expect(far.messages).to_have_count(3)


@pytest.mark.long
def test_the_state_of_a_reply_whose_events_are_lost_is_fetched(page: Page) -> None:
    wire = Wire(page)
    wire.dropped = {"reply.patch", "message.finished"}
    chat = Chat(page).open()

    chat.send("/echo found without any news")

    expect(chat.replies).to_have_attribute("data-status", "complete")
    assert chat.replies.locator("[data-part=text]").inner_text() == "found without any news"


@pytest.mark.long
def test_while_processes_are_not_joined_the_state_is_fetched_every_second(page: Page) -> None:
    wire = Wire(page)
    wire.dropped, wire.hello = {"reply.patch", "message.finished"}, {"joined": False}
    asked: list[str] = []
    page.on(
        "request", lambda request: asked.append(request.url) if "state" in request.url else None
    )
    chat = Chat(page).open()

    chat.send("/rate 20 /long 80")

    expect(chat.replies.locator(".block").first).to_be_visible(timeout=3_000)
    expect(chat.replies).to_have_attribute("data-status", "complete", timeout=20_000)
    assert len(asked) >= 3


@pytest.mark.parametrize("known", [pytest.param(True, marks=pytest.mark.long), False])
def test_a_reply_of_another_process_is_fetched(
    page: Page, context: BrowserContext, known: bool
) -> None:
    wire = Wire(page)
    chat = Chat(page).open()
    chat.ask("/echo first")
    other = Chat(context.new_page()).open(page.url)
    wire.dropped = {"reply.patch", "message.finished"}
    if not known:
        wire.dropped.add("message.created")
    other.ask("/echo made elsewhere")
    expect(chat.replies).to_have_count(2 if known else 1)

    wire.say(
        type="reply.remote",
        conversation=page.url.rstrip("/").rsplit("/", 1)[1],
        reply=other.replies.last.get_attribute("data-message"),
    )

    expect(chat.replies).to_have_count(2, timeout=3_000)
    if not known:  # one that is known answers after a second of silence, which may not be over
        expect(chat.replies.last).to_have_attribute("data-status", "complete", timeout=3_000)
    assert "made elsewhere" in chat.messages.last.inner_text()
