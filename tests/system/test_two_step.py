"""Passkeys, codes and recovery codes in a browser with a virtual authenticator."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.system.app import App
from tests.system.conftest import Chat, watched
from tests.system.people import end_login, fill_in

pytestmark = pytest.mark.long

PERIOD = 30  # seconds
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
TWO_STEP = "/account/two-step/"


@pytest.fixture
def somebody(app: App) -> str:
    """Return the email of a person of this test's own, with the owner's password."""
    email = f"{uuid4().hex[:8]}@example.com"
    app.add_person(email)
    return email


@pytest.fixture
def page(app: App, browser: Browser, somebody: str) -> Iterator[Page]:
    """Sign somebody in at localhost: passkeys belong to host names, and addresses have none."""
    host = app.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=host, viewport={"width": 1280, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=host)
    for page in watched(context):
        cdp = context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        page.goto("/")
        fill_in(page.locator("form").first, somebody)
        expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        yield page


def press(page: Page, name: str, role: Any = "button") -> None:
    page.get_by_role(role, name=name, exact=True).click()


def sign_out(page: Page) -> None:
    """Sign out, in a browser that offers no passkey by itself: the virtual one would choose it."""
    page.goto("/account/sign-out/")
    page.evaluate("localStorage.removeItem('passkey')")
    press(page, "Sign out")
    expect(page.get_by_label("Email")).to_be_visible()


def add_app(page: Page) -> str:
    """Set up an authenticator app, and return its secret."""
    page.goto(TWO_STEP)
    press(page, "Set up an app", "link")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code(secret))
    press(page, "Turn on")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


def code(secret: str, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD + steps)))


def test_a_passkey_signs_in_alone_and_as_a_second_step(page: Page, somebody: str) -> None:
    page.goto(TWO_STEP)
    press(page, "Add a passkey", "link")
    page.get_by_label("Name").fill("Laptop")
    press(page, "Add a passkey")
    press(page, "Copy")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    codes = page.evaluate("navigator.clipboard.readText()").split()
    assert len(codes) == 10
    with page.expect_download() as download:
        press(page, "Download", "link")
    assert download.value.path().read_text().split() == codes

    sign_out(page)
    press(page, "Use a passkey")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    page.goto(TWO_STEP)
    expect(page.get_by_role("strong").filter(has_text="Laptop")).to_be_visible()
    expect(page.get_by_text("Last used on")).to_be_visible()

    sign_out(page)
    fill_in(page.locator("form").first, somebody)
    press(page, "Use a passkey")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()

    # Where a passkey was used before, the browser offers it among what it fills in.
    page.goto("/account/sign-out/")
    press(page, "Sign out")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()


def test_a_passkey_that_nobody_has_is_explained(page: Page) -> None:
    sign_out(page)
    page.evaluate(
        "() => { navigator.credentials.get = async () => {"
        " throw new DOMException('', 'NotAllowedError'); } }"
    )

    press(page, "Use a passkey")

    expect(page.get_by_role("alert")).to_have_text("No passkey was used. Try again.")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_enabled()


def test_an_expired_session_asks_for_the_second_step_in_place(
    page: Page, app: App, somebody: str
) -> None:
    secret = add_app(page)
    chat = Chat(page).open()
    chat.ask("/echo first")
    page.evaluate("window.stillHere = true")
    end_login(app, page)
    chat.send("/echo second")
    dialog = page.get_by_role("dialog")
    fill_in(dialog, somebody)
    expect(dialog.get_by_label("Code")).to_be_focused()
    dialog.get_by_label("Code").fill("000000")
    press(page, "Continue")
    expect(dialog.get_by_role("alert")).to_have_text("This code is not correct.")

    dialog.get_by_label("Code").fill(code(secret, steps=1))
    press(page, "Continue")

    expect(dialog).to_have_count(0)
    expect(chat.replies.last).to_have_attribute("data-status", "complete")
    expect(chat.replies).to_have_count(2)
    assert page.evaluate("window.stillHere")
    assert chat.ask("/echo third") == "third"
