"""A session that expires while a page is open: the person signs in again on that page."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.people import OWNER
from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.people import end_login, fill_in, sign_in_afresh


@pytest.fixture
def expired(page: Page, app: App) -> Chat:
    """A conversation whose login has ended, which the page does not know."""
    sign_in_afresh(page)
    chat = Chat(page)
    chat.ask("/echo first")
    page.evaluate("() => (window.stillHere = true)")
    end_login(app, page)
    return chat


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Sign in again")


def test_a_message_is_sent_after_signing_in_again_in_place(expired: Chat) -> None:
    page = expired.page
    expired.send("/echo second")

    expect(dialog(page).get_by_label("Email")).to_have_value(OWNER)
    fill_in(dialog(page), OWNER, "wrong wrong wrong")
    expect(dialog(page).get_by_role("alert")).to_contain_text("not correct")
    expect(expired.messages).to_have_count(2)
    fill_in(dialog(page), OWNER)

    expect(dialog(page)).to_have_count(0)
    expect(expired.replies).to_have_count(2)
    expect(expired.replies.last).to_have_attribute("data-status", "complete")
    expect(page.get_by_text("You're signed out")).to_be_hidden()
    assert page.evaluate("window.stillHere")
    assert expired.ask("/echo fourth") == "fourth"  # the socket and the token are new


@pytest.mark.long
def test_closing_the_dialog_loses_nothing(expired: Chat) -> None:
    page = expired.page
    expired.send("/echo second")
    dialog(page).get_by_role("button", name="Not now").click()

    expect(expired.messages.last).to_contain_text("Waits until you sign in again")
    expect(page.get_by_text("You're signed out")).to_be_visible()
    page.reload()
    fill_in(page.locator("form"), OWNER)

    expect(expired.replies).to_have_count(2)
    expect(expired.replies.last).to_have_attribute("data-status", "complete")
    assert expired.replies.last.locator("[data-part=text]").inner_text() == "second"


@pytest.mark.long
def test_the_banner_leads_to_the_same_dialog(expired: Chat) -> None:
    page = expired.page
    page.evaluate("document.dispatchEvent(new Event('session:expired'))")

    page.get_by_role("link", name="Sign in again").click()
    fill_in(dialog(page), OWNER)

    expect(page.get_by_text("You're signed out")).to_be_hidden()
    assert expired.ask("/echo second") == "second"
    assert page.evaluate("window.stillHere")


@pytest.mark.long
def test_another_person_gets_a_new_page(expired: Chat, member: str) -> None:
    page = expired.page
    place = page.url
    expired.send("/echo for nobody else")
    expired.box.evaluate("box => (box.value = 'half a thought')")

    fill_in(dialog(page), member)

    expect(page).to_have_url(re.compile(r"^https?://[^/]+/$"))
    expect(page.get_by_role("button", name=re.compile(member))).to_be_visible()
    expect(expired.box).to_have_value("")
    expect(page.get_by_text("for nobody else")).to_have_count(0)
    assert page.evaluate("JSON.stringify(sessionStorage)") == "{}"
    sign_in_afresh(page)
    expired.open(place)
    expect(expired.replies).to_have_count(1)
    expect(expired.messages).to_have_count(1)


@pytest.mark.long
def test_an_unsent_first_message_is_not_sent_for_another_person(
    page: Page, app: App, member: str
) -> None:
    sign_in_afresh(page)
    end_login(app, page)
    page.route_web_socket("**/ws/", lambda socket: None)  # which would tell the page as well
    Chat(page).send("/echo for nobody else")

    with page.expect_navigation():
        fill_in(dialog(page), member)

    expect(page.get_by_role("button", name=re.compile(member))).to_be_visible()
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(0)
    expect(page.get_by_text("for nobody else")).to_have_count(0)


@pytest.fixture
def overtaken(page: Page, member: str) -> Chat:
    """The owner's page in a browser where somebody else has signed in in another tab. It has not
    heard of that: a browser that doesn't report changes of cookies."""
    page.add_init_script("delete window.cookieStore")
    sign_in_afresh(page)
    chat = Chat(page)
    chat.ask("/echo first")
    page.context.clear_cookies()
    other = Chat(page.context.new_page()).open()
    fill_in(other.page.locator("form"), member)
    expect(other.box).to_be_visible()
    return chat


def test_a_tab_sends_nothing_for_another_person(overtaken: Chat, member: str) -> None:
    page = overtaken.page

    overtaken.send("/echo for nobody else")

    expect(page.get_by_role("button", name=re.compile(member))).to_be_visible()
    expect(page.get_by_text("for nobody else")).to_have_count(0)
    expect(page.get_by_role("navigation").get_by_role("link")).to_have_count(0)


def test_a_tab_is_emptied_when_its_socket_is_another_persons(overtaken: Chat, member: str) -> None:
    page = overtaken.page
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")

    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")

    expect(page.get_by_role("button", name=re.compile(member))).to_be_visible()
    expect(overtaken.messages).to_have_count(0)


@pytest.mark.long
def test_a_sign_in_in_another_tab_is_used(expired: Chat) -> None:
    other = expired.page.context.new_page()
    other.goto("/")
    fill_in(other.locator("form"), OWNER)
    expect(Chat(other).box).to_be_visible()

    assert expired.ask("/echo second") == "second"

    assert expired.page.evaluate("window.stillHere")
