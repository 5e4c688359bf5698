"""A tab that has missed messages doesn't send its own below them unseen."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.servers.proxy import running_proxy
from tests.system.app import App
from tests.system.conftest import Chat

MOVED = "This conversation continued in another tab"


def deaf(page: Page) -> None:
    """From now on the page gets no events."""
    page.route_web_socket("**/ws/", lambda socket: socket.close())


def test_a_stale_tab_shows_the_new_messages_and_keeps_the_text(
    chat: Chat, context: BrowserContext
) -> None:
    chat.ask("/echo first")
    page = context.new_page()
    deaf(page)
    stale = Chat(page).open(chat.page.url)
    chat.ask("/echo elsewhere")
    expect(stale.messages).to_have_count(1)

    stale.send("/echo from the stale tab")

    expect(stale.messages).to_have_count(2)
    expect(page.locator("[data-hint]")).to_contain_text(MOVED)
    expect(stale.box).to_have_value("/echo from the stale tab")
    expect(chat.messages).to_have_count(2)
    stale.box.press("Enter")
    expect(stale.replies).to_have_count(3)
    expect(stale.replies.last).to_have_attribute("data-status", "complete")
    expect(page.locator("[data-hint]")).to_be_empty()
    assert stale.said[2:4] == ["/echo elsewhere", "elsewhere"]


@pytest.mark.long
def test_messages_queued_offline_are_held_after_a_turn_in_another_tab(
    page: Page, app: App, context: BrowserContext
) -> None:
    with running_proxy(app.port) as proxy:
        chat = Chat(page).open(proxy.url)
        chat.ask("/echo first")
        proxy.go_down()
        chat.send("/echo one")
        chat.send("/echo two")
        chat.send("/echo three")
        other = Chat(context.new_page()).open(app.url + re.sub(r"^https?://[^/]+", "", page.url))
        other.ask("/echo elsewhere")

        proxy.come_up()

        unsent = page.locator("article[data-status=unsent]")
        expect(page.locator("[data-hint]")).to_contain_text(MOVED, timeout=20_000)
        expect(chat.box).to_have_value("/echo one")
        expect(unsent).to_have_text([re.compile("/echo two"), re.compile("/echo three")])
        expect(other.messages).to_have_count(2)
        chat.box.press("Enter")
        expect(chat.replies).to_have_count(3)
        unsent.first.get_by_role("button", name="Retry").click()
        expect(chat.replies).to_have_count(4)
        expect(chat.replies.last).to_have_attribute("data-status", "complete")
        unsent.get_by_role("button", name="Edit").click()
        expect(chat.box).to_have_value("/echo three")
        assert chat.said[2:] == [
            *("/echo elsewhere", "elsewhere"),
            *("/echo one", "one"),
            *("/echo two", "two"),
        ]


@pytest.mark.long
def test_only_one_of_two_tabs_waiting_for_a_reply_sends_its_message(
    chat: Chat, context: BrowserContext
) -> None:
    chat.send("/rate 40 /long 300")
    expect(chat.stop_button).to_be_visible()
    second = Chat(context.new_page()).open(chat.page.url)
    expect(second.stop_button).to_be_visible()

    chat.send("/echo from the first")
    second.send("/echo from the second")

    expect(chat.replies).to_have_count(2, timeout=20_000)
    expect(chat.replies.last).to_have_attribute("data-status", "complete")
    won = chat.replies.last.locator("[data-part=text]").inner_text()
    loser, text = (
        (second, "from the second") if won == "from the first" else (chat, "from the first")
    )
    expect(loser.box).to_have_value(f"/echo {text}")
    expect(loser.page.locator("[data-hint]")).to_contain_text(MOVED)
    for tab in (chat, second):
        expect(tab.messages).to_have_count(2)


def test_a_message_for_a_deleted_conversation_stays_in_the_box(
    chat: Chat, context: BrowserContext
) -> None:
    chat.ask("/echo first")
    page = context.new_page()
    deaf(page)
    stale = Chat(page).open(chat.page.url)
    token = chat.page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    chat.page.request.post(f"{page.url}deletion", form={"csrfmiddlewaretoken": token})

    stale.send("/echo too late")

    expect(page.get_by_text("This conversation was deleted")).to_be_visible()
    expect(stale.box).to_have_value("/echo too late")
    assert page.request.get(stale.page.url).status == 404


@pytest.mark.long
def test_a_page_whose_message_id_is_already_used_sends_under_a_new_id(chat: Chat) -> None:
    chat.ask("/echo first")
    used = chat.messages.get_attribute("data-client-id")
    chat.page.locator("[name=client_id]").evaluate("(field, id) => (field.value = id)", used)

    assert chat.ask("/echo second") == "second"

    expect(chat.messages).to_have_count(2)
    chat.page.reload()
    expect(chat.messages).to_have_count(2)
