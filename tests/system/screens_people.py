"""`make screens`: people, accounts and what chats cost."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.support.people import PASSWORD
from tests.system.conftest import Chat
from tests.system.screens import ask, chat, layout, scheme, shoot

__all__ = ["chat", "layout", "scheme", "shoot"]  # fixtures

Shoot = Callable[[str], None]


@pytest.fixture
def without_cap(chat: Chat) -> Iterator[None]:
    """Remove the cap that the test sets: the other tests send more."""
    yield
    set_own_cap(chat, "")


def set_own_cap(chat: Chat, amount: str) -> None:
    page = chat.page
    page.goto("/usage/")
    page.get_by_text("Set a cap for yourself").click()
    page.get_by_label("A day, in dollars").fill(amount)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_people(chat: Chat, shoot: Shoot, member: str) -> None:
    page = chat.page
    page.goto("/people/")
    shoot("people")
    page.get_by_text("Invite someone").click()
    shoot("people-invite")
    page.get_by_role("button", name="Make invitation").click()
    link = page.get_by_label("Link", exact=True)
    expect(link).to_be_visible()
    shoot("people-invited")
    url = link.input_value()
    page.get_by_role("link", name=member).click()
    expect(page.get_by_role("heading", name=member)).to_be_visible()
    shoot("person")
    for name, title in (("Make owner", "ownership"), ("Deactivate", "deactivation")):
        page.get_by_role("link", name=name).click()
        shoot(f"person-{title}")
        page.go_back()
    page.get_by_role("link", name="Delete").click()
    shoot("person-deletion")
    page.goto("/people/log/")
    shoot("audit-log")
    page.goto("/people/sign-in/")
    shoot("sign-in-rules")
    page.context.clear_cookies()
    page.goto(url)
    shoot("join")


def test_account(chat: Chat, shoot: Shoot) -> None:
    page = chat.page
    page.goto("/account/")
    shoot("account")
    page.goto("/account/#instructions")
    shoot("account-instructions")
    page.goto("/account/#sessions")
    shoot("account-sessions")
    page.goto("/account/two-step/")
    shoot("two-step")
    page.get_by_role("link", name="Set up an app").click()
    if page.get_by_label("Password").is_visible():
        shoot("confirm-password")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".secret")).to_be_visible()
    shoot("two-step-app")


@pytest.mark.usefixtures("without_cap")
def test_usage(chat: Chat, shoot: Shoot) -> None:
    page = chat.page
    ask(chat, "/echo Herons stand **still**")
    chat.replies.last.locator(".about summary").click()
    shoot("reply-details")
    set_own_cap(chat, "5")
    shoot("usage")
    page.goto("/usage/everybody/")
    shoot("usage-everybody")
    page.locator("[data-list=people] summary").first.click()
    shoot("usage-cap")
