"""Signing in and out, and sessions that expire while a page is open."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.people import OWNER, PASSWORD
from tests.system.app import App

END_SESSION = "DELETE FROM django_session WHERE session_key = :key"


def sign_in_afresh(page: Page, email: str = OWNER) -> None:
    """Give the browser a session of its own, which a test may end."""
    page.context.clear_cookies()
    page.goto("/")
    fill_in(page.locator("form"), email)
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def fill_in(form: Locator, email: str, password: str = PASSWORD) -> None:
    form.get_by_label("Email").fill(email)
    form.get_by_label("Password").fill(password)
    form.get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name=re.compile(OWNER)).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def end_login(app: App, page: Page) -> None:
    """What a month of absence does to a login, or the database's sweep."""
    [key] = [c["value"] for c in page.context.cookies() if c["name"] == "sessionid"]
    app.execute(END_SESSION, key=key)
