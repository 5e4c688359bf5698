"""Inviting people, and joining with a phone that has never been here."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.people import PASSWORD
from tests.system.app import App
from tests.system.conftest import PHONE, Chat, watched

LINK = re.compile(r"/join/[\w-]{24}/$")


@pytest.fixture
def new_phone(browser: Browser, app: App) -> Iterator[Page]:
    """Open a phone that nobody has signed in with."""
    yield from watched(browser.new_context(base_url=app.url, **PHONE))


def fits(page: Page) -> bool:
    viewport = page.viewport_size
    assert viewport
    return bool(page.evaluate("document.documentElement.scrollWidth") <= viewport["width"])


def test_from_the_invitation_to_the_first_answer_on_a_phone(page: Page, new_phone: Page) -> None:
    page.goto("/people/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_text("Invite someone").click()
    models = page.get_by_role("group", name="Models of a guest")
    expect(models).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Guest")).check()
    expect(models).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Member")).check()
    page.get_by_role("button", name="Make invitation").click()
    link = page.get_by_label("Link", exact=True)
    expect(link).to_be_focused()
    expect(link).to_have_value(LINK)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    url = page.evaluate("navigator.clipboard.readText()")
    assert url == link.input_value()

    new_phone.goto(url)
    assert fits(new_phone)
    new_phone.get_by_label("Email").fill("niece@example.com")
    new_phone.get_by_label("Password", exact=True).fill(PASSWORD)
    new_phone.get_by_role("button", name="Join").tap()
    chat = Chat(new_phone)
    expect(chat.box).to_be_visible()
    chat.box.fill("/echo hello")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.replies).to_contain_text("hello")

    page.goto("/people/")
    expect(page.get_by_role("listitem").filter(has_text="niece@example.com")).to_contain_text(
        "Here now"
    )
    new_phone.goto(url)
    expect(new_phone.get_by_text("signed in as niece@example.com")).to_be_visible()


@pytest.mark.long
def test_without_scripts_people_are_invited_by_keyboard(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args | PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/people/")
    page.get_by_text("Invite someone").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name=re.compile("^Member")).focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=re.compile("^Guest"))).to_be_checked()
    page.get_by_role("checkbox").first.focus()
    page.keyboard.press("Space")  # now none is chosen
    page.get_by_label("The link works").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make invitation").press("Enter")
    expect(page.get_by_role("alert")).to_have_text("Choose at least one model.")
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("button", name="Make invitation").press("Enter")
    url = page.get_by_label("Link", exact=True).input_value()
    expect(page.get_by_role("button", name="Copy link")).to_be_hidden()
    assert fits(page)

    page.get_by_role("button", name=re.compile("Revoke Guest")).first.press("Enter")
    expect(page.get_by_text("Open invitations")).to_be_hidden()
    answer = page.goto(url)
    assert answer
    assert answer.status == 200  # the owner is signed in, and reads that
    context.clear_cookies()
    answer = page.goto(url)
    assert answer
    assert answer.status == 404
    expect(page.get_by_text("Ask for a new one")).to_be_visible()
    context.close()
