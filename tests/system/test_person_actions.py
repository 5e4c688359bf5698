"""What the owner does with somebody's account: by keyboard, and on a phone without scripts."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.app import App
from tests.system.conftest import PHONE
from tests.system.people import sign_in_afresh
from tests.system.test_accessibility import check

pytestmark = pytest.mark.long


@pytest.fixture
def somebody(app: App) -> str:
    """Return the email of a person of this test's own."""
    email = f"{uuid4().hex[:8]}@example.com"
    app.add_person(email)
    return email


@pytest.fixture
def plain_phone(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Open a phone that is signed in as the owner and runs no scripts."""
    context = browser.new_context(**{**browser_context_args, **PHONE}, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def theirs(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(**browser_context_args)
    yield context.new_page()
    context.close()


def press(page: Page, role: Any, name: str) -> None:
    """Press a button or link with the keyboard, as `name` is written on it."""
    target = page.get_by_role(role, name=name, exact=True)
    target.focus()
    page.keyboard.press("Enter")


def note(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def test_an_account_is_changed_by_keyboard(page: Page, theirs: Page, somebody: str) -> None:
    sign_in_afresh(theirs, somebody)
    page.goto("/people/")
    press(page, "link", somebody)
    expect(page.get_by_role("heading", name=somebody)).to_be_visible()
    page.get_by_label("Role").focus()
    page.keyboard.type("Guest")
    expect(page.get_by_role("group", name=re.compile("Models"))).to_be_visible()
    check(page)
    press(page, "button", "Save role")
    note(page, "Saved. The new role counts at once.")
    note(theirs, "Your permissions have changed.")
    theirs.get_by_role("link", name="Reload").click()
    expect(theirs.get_by_text("Your permissions have changed.")).to_be_hidden()
    expect(page.get_by_label("Role")).to_have_value("guest")

    press(page, "link", "Deactivate")
    expect(page.get_by_role("heading", name=f"Deactivate {somebody}?")).to_be_visible()
    check(page)
    press(page, "button", "Deactivate")
    note(page, "Deactivated.")
    note(theirs, "signed out")
    press(page, "button", "Reactivate")
    note(page, "Reactivated.")
    press(page, "link", "Delete")
    expect(page.get_by_role("heading", name=f"Delete {somebody}?")).to_be_visible()
    press(page, "button", "Delete")
    note(page, "Deleted.")
    press(page, "button", "Restore")
    note(page, "Restored.")

    for link, heading in (
        ("Make owner", f"Make {somebody} the owner?"),
        ("Reset two-step sign-in", f"Reset two-step sign-in of {somebody}?"),
    ):
        press(page, "link", link)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        check(page)
        page.go_back()


def test_rules_and_log_work_without_scripts_on_a_phone(plain_phone: Page, somebody: str) -> None:
    page = plain_phone
    page.goto("/people/")
    page.get_by_role("link", name="Sign-in rules").tap()
    admins = page.get_by_role("checkbox", name=re.compile("^Admins"))
    admins.check()
    page.get_by_role("button", name="Save").tap()
    note(page, "Saved.")
    expect(admins).to_be_checked()
    admins.uncheck()  # others sign in as admins
    page.get_by_role("button", name="Save").tap()
    expect(page).to_have_url(re.compile("/people/sign-in/"))
    expect(admins).not_to_be_checked()
    note(page, "Saved.")
    page.get_by_role("link", name="All people").tap()
    page.get_by_role("link", name=somebody).tap()
    page.get_by_label("Role").select_option("admin")
    page.get_by_role("button", name="Save role").tap()
    note(page, "Saved.")
    page.goto("/people/log/")
    page.get_by_label("Email").fill(somebody)
    page.get_by_role("button", name="Show").tap()
    expect(page.get_by_role("listitem").filter(has_text=somebody).first).to_be_visible()
    wide = page.locator("main").bounding_box()
    assert wide
    assert wide["width"] <= 390
