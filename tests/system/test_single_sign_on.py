"""Signing in with a provider by its button, with and without scripts, and again in place."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.servers.oidc import add_account, needs_provider, packaged_provider
from tests.system.app import App, running_app
from tests.system.conftest import PHONE, Chat, watched
from tests.system.people import end_login

ANNA = "anna@example.com"
BUTTON = "Continue with Example ID"

pytestmark = needs_provider


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with packaged_provider() as issuer:
        add_account(issuer, "anna", email=ANNA, email_verified=True, name="Anna")
        add_account(issuer, "eve", email="eve@elsewhere.example", email_verified=True)
        yield issuer


@pytest.fixture(scope="module")
def site(issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    environment = {
        "CHAT_DEMO_RATE": "400",
        "CHAT_OIDC_ISSUER": issuer,
        "CHAT_OIDC_CLIENT_ID": "chat",
        "CHAT_OIDC_CLIENT_SECRET": "secret",
        "CHAT_OIDC_NAME": "Example ID",
        "CHAT_OIDC_ALLOWED_DOMAINS": "example.com",
        "CHAT_PASSWORDS": "false",
    }
    with running_app(tmp_path_factory.mktemp("site"), **environment) as site:
        yield site


@pytest.fixture
def visitor(browser: Browser, site: App) -> Iterator[Page]:
    yield from watched(browser.new_context(base_url=site.url))


def sign_in_at_provider(page: Page, subject: str) -> None:
    page.locator("input[name=sub]").fill(subject)
    page.locator("input[name=sub]").press("Enter")


@pytest.mark.long
def test_a_person_joins_by_the_button_and_signs_in_again_in_place(visitor: Page, site: App) -> None:
    visitor.goto("/archive/")
    visitor.get_by_role("button", name=BUTTON).press("Enter")
    sign_in_at_provider(visitor, "anna")
    expect(visitor).to_have_url(f"{site.url}/archive/")

    chat = Chat(visitor).open()
    chat.ask("/echo first")
    end_login(site, visitor)
    chat.send("/echo second")
    dialog = visitor.get_by_role("dialog", name="Sign in again")
    dialog.get_by_role("button", name="I've signed in").click()
    expect(dialog.get_by_role("alert")).to_have_text("Sign in with Example ID first.")
    with visitor.expect_popup() as opened:
        dialog.get_by_role("link", name=BUTTON).click()
    popup = opened.value
    popup.get_by_role("button", name=BUTTON).click()
    sign_in_at_provider(popup, "anna")
    expect(popup.get_by_role("textbox", name="Message")).to_be_visible()
    popup.close()
    dialog.get_by_role("button", name="I've signed in").click()

    expect(dialog).to_have_count(0)
    expect(chat.replies).to_have_count(2)


@pytest.mark.long
def test_it_works_without_scripts_and_explains_a_refusal(browser: Browser, site: App) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name=BUTTON).click()
    sign_in_at_provider(page, "eve")

    expect(page.get_by_role("alert")).to_contain_text("There is no account with your email here.")
    page.get_by_role("link", name="Back to sign in").click()
    page.get_by_role("button", name=BUTTON).click()
    sign_in_at_provider(page, "anna")

    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
    context.close()
