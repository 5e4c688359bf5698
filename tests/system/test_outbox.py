"""Messages that can't be sent at once: they wait, show why, and are sent by themselves in order."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.servers.proxy import Proxy
from tests.system.conftest import Chat
from tests.system.images import attach, chips, saved, shown
from tests.system.people import sign_in_afresh, sign_out

SENDS = "**/messages"
SLOW = "/rate 50 /long 3000"
AWHILE = "/rate 40 /long 300"  # long enough for a person to do something meanwhile


def notices(chat: Chat) -> Locator:
    return chat.page.locator(".outgoing[data-part=notice]:visible")


def unsent(chat: Chat) -> Locator:
    return chat.page.locator("article[data-status=unsent]")


def has_settled(chat: Chat, replies: int) -> None:
    expect(chat.replies).to_have_count(replies, timeout=20_000)
    expect(chat.replies.last).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(notices(chat)).to_have_count(0)


def refuse_sends(page: Page) -> None:
    """As if the server could not be reached, for sends alone: the page itself can be loaded."""

    def answer(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    page.route(SENDS, answer)


def test_messages_sent_offline_are_sent_in_order_after_reconnecting(
    far: Chat, proxy: Proxy
) -> None:
    proxy.go_down()
    for text in ("/echo second", "/echo third", "/echo fourth"):
        far.send(text)
        expect(far.box).to_have_value("")
    expect(notices(far)).to_have_text([re.compile("Waiting for the connection")] * 3)
    expect(far.messages.last).to_have_attribute("data-status", "sending")

    proxy.come_up()

    has_settled(far, 4)
    said = far.said
    assert said[2:] == [
        *("/echo second", "second"),
        *("/echo third", "third"),
        *("/echo fourth", "fourth"),
    ]
    far.page.reload()
    assert far.said == said


@pytest.mark.long
def test_a_first_message_sent_offline_creates_its_conversation_later(
    page: Page, proxy: Proxy
) -> None:
    chat = Chat(page).open(proxy.url)
    proxy.go_down()
    chat.send("/echo one")
    chat.send("/echo two")
    expect(notices(chat)).to_have_count(2)

    proxy.come_up()

    has_settled(chat, 2)
    assert re.search(r"/c/[0-9a-f-]{36}/$", page.url)
    assert chat.said == ["/echo one", "one", "/echo two", "two"]


@pytest.mark.long
def test_a_message_whose_answer_is_lost_appears_once(chat: Chat) -> None:
    chat.ask("/echo first")
    posted = []

    def lose_first(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        posted.append(route.request.post_data)
        if len(posted) > 1:
            return route.continue_()
        route.fetch()  # the message arrives, and its answer is lost
        return route.abort()

    chat.page.route(SENDS, lose_first)
    chat.page.evaluate("document.querySelector('live-socket').remove()")  # nor by the socket
    chat.send("/echo second")

    expect(chat.messages).to_have_count(2)
    expect(chat.replies).to_have_count(2)
    expect(chat.replies.last).to_have_attribute("data-status", "complete")
    assert len(posted) == 2
    chat.page.reload()
    assert chat.said == ["/echo first", "first", "/echo second", "second"]


def test_waiting_messages_survive_a_reload(chat: Chat) -> None:
    chat.ask("/echo first")
    refuse_sends(chat.page)
    chat.send("/echo second")
    chat.send("/echo third")
    expect(notices(chat)).to_have_count(2)

    chat.page.reload()

    expect(chat.messages).to_have_text([re.compile(t) for t in ("first", "second", "third")])
    expect(notices(chat)).to_have_count(2)
    expect(chat.box).to_have_value("")
    chat.page.unroute(SENDS)
    has_settled(chat, 3)
    assert chat.said[2:] == ["/echo second", "second", "/echo third", "third"]


@pytest.mark.long
def test_a_waiting_first_message_survives_a_reload(chat: Chat) -> None:
    refuse_sends(chat.page)
    chat.send("/echo one")
    expect(notices(chat)).to_have_count(1)

    chat.page.reload()

    expect(chat.messages).to_have_count(1)
    chat.page.unroute(SENDS)
    has_settled(chat, 1)
    assert re.search(r"/c/[0-9a-f-]{36}/$", chat.page.url)


@pytest.mark.long
def test_images_wait_with_their_message_and_return_to_the_box(chat: Chat, tmp_path: Path) -> None:
    refuse_sends(chat.page)
    attach(chat.page, saved(tmp_path / "heron.png"))
    chat.send("What is this?")
    expect(notices(chat)).to_have_count(1)
    chat.page.reload()
    expect(shown(chat)).to_have_count(1)

    chat.messages.get_by_role("button", name="Edit").click()

    expect(chat.box).to_have_value("What is this?")
    expect(chips(chat.page)).to_have_count(1)
    expect(chips(chat.page)).to_contain_text("heron.png")
    expect(chat.messages).to_have_count(0)
    chat.page.unroute(SENDS)
    assert "300 x 200" in chat.ask("And this?")
    expect(shown(chat)).to_have_count(1)


def test_messages_wait_for_a_running_reply(chat: Chat) -> None:
    chat.send(AWHILE)
    expect(chat.stop_button).to_be_visible()
    chat.send("/echo second")
    chat.box.fill("/echo third")
    chat.send_button.click()

    expect(notices(chat)).to_have_text([re.compile("Waits for the reply")] * 2)
    expect(chat.replies).to_have_count(1)
    has_settled(chat, 3)
    assert chat.said[2:] == ["/echo second", "second", "/echo third", "third"]


@pytest.mark.long
def test_a_waiting_message_is_edited_or_removed(chat: Chat) -> None:
    chat.send(AWHILE)
    expect(chat.stop_button).to_be_visible()
    for text in ("/echo one", "/echo two", "/echo three"):
        chat.send(text)

    chat.messages.nth(2).get_by_role("button", name="Remove").click()
    expect(chat.messages).to_have_count(3)
    chat.messages.nth(1).get_by_role("button", name="Edit").click()
    expect(chat.box).to_have_value("/echo one")
    expect(chat.box).to_be_focused()
    chat.messages.nth(1).get_by_role("button", name="Edit").click()
    expect(chat.page.get_by_text("The message box holds another text")).to_be_visible()
    chat.send("/echo one, edited")

    has_settled(chat, 3)
    assert chat.said[2:] == ["/echo three", "three", "/echo one, edited", "one, edited"]


@pytest.mark.long
@pytest.mark.parametrize("end", ["stopped", pytest.param("failed", marks=pytest.mark.long)])
def test_a_waiting_message_is_not_sent_after_an_interrupted_reply(chat: Chat, end: str) -> None:
    chat.send(SLOW if end == "stopped" else "/rate 20 /cut 20 /times 3 Something that breaks off")
    expect(chat.stop_button).to_be_visible()
    chat.send("/echo second")
    chat.send("/echo third")
    expect(notices(chat)).to_have_count(2)

    if end == "stopped":
        chat.stop_button.click()

    expect(chat.replies).to_have_attribute("data-status", end, timeout=20_000)
    expect(chat.box).to_have_value("/echo second")
    expect(unsent(chat)).to_have_text(re.compile("/echo third"))
    chat.box.press("Enter")
    has_settled(chat, 2)
    unsent(chat).get_by_role("button", name="Retry").click()
    has_settled(chat, 3)
    assert chat.said[2:] == ["/echo second", "second", "/echo third", "third"]


@pytest.mark.long
def test_signing_out_removes_waiting_messages(page: Page) -> None:
    sign_in_afresh(page)
    chat = Chat(page)
    chat.ask("/echo first")
    place = page.url
    refuse_sends(page)
    chat.send("/echo never")
    expect(notices(chat)).to_have_count(1)

    sign_out(page)
    page.wait_for_load_state("domcontentloaded")  # by its scripts, which have run then
    page.unroute(SENDS)
    sign_in_afresh(page)
    chat.open(place)

    assert chat.ask("/echo second") == "second"
    assert chat.said == ["/echo first", "first", "/echo second", "second"]
