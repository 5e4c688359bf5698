"""Your account: reached by keyboard, saved with and without scripts, other browsers signed out."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.people import MEMBER, PASSWORD
from tests.system.app import App
from tests.system.conftest import PHONE, Chat
from tests.system.people import fill_in, sign_in_afresh
from tests.system.sheet import Sheet

pytestmark = pytest.mark.long


@pytest.fixture
def account(page: Page, member: str) -> Page:
    """Return the page of a member, whose account nothing else looks at."""
    sign_in_afresh(page, MEMBER)
    return page


def test_by_keyboard_a_name_and_instructions_are_saved_and_used(account: Page) -> None:
    page = account
    page.locator(".account-button").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Your account").press("Enter")
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Ada L")
    name.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(page.locator(".account-name")).to_have_text("Ada L")

    page.get_by_label("About you").fill("I watch herons.")
    questions: list[str] = []
    page.once("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    name.press("Enter")  # another form, which would lose the text
    expect(page.get_by_label("About you")).to_have_value("I watch herons.")
    page.get_by_role("button", name="Save Personal instructions").press("Enter")
    assert questions == ["beforeunload"]
    saved = page.get_by_role("region", name="Personal instructions").get_by_role("status")
    expect(saved).to_be_in_viewport()

    page.get_by_role("link", name="New chat").first.click()
    chat = Chat(page)
    chat.ask("/echo Hello")
    Sheet(page).button.click()
    page.get_by_role("link", name="What the model sees").click()
    expect(page.get_by_text("I watch herons.")).to_be_visible()


def test_other_browsers_are_signed_out_at_once(account: Page, browser: Browser, app: App) -> None:
    context = browser.new_context(base_url=app.url, **PHONE)
    other = context.new_page()
    other.goto("/")
    fill_in(other.locator("form"), MEMBER)
    expect(other.get_by_role("textbox", name="Message")).to_be_visible()

    account.goto("/account/")
    account.get_by_role("button", name="Sign out all other browsers").click()
    account.get_by_label("Password").fill(PASSWORD)
    account.get_by_role("button", name="Confirm").click()

    expect(account.get_by_text("Signed out there.")).to_be_visible()
    expect(account.get_by_text("this browser")).to_be_visible()
    expect(account.get_by_role("button", name="Sign out all other browsers")).to_be_hidden()
    expect(other.get_by_text("You're signed out.")).to_be_visible()
    context.close()


def test_a_deleted_account_is_confirmed_and_empties_other_tabs(page: Page, app: App) -> None:
    app.add_person("leaver@example.com")
    sign_in_afresh(page, "leaver@example.com")
    other = page.context.new_page()
    other.goto("/account/")
    page.goto("/account/deletion/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("button", name="Delete account").click()
    expect(page.get_by_role("checkbox")).to_be_focused()  # the browser asks for it
    page.get_by_role("checkbox").check()

    page.get_by_role("button", name="Delete account").click()

    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    expect(other.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page).to_have_url(f"{app.url}/account/deletion/")


def test_times_are_shown_in_the_chosen_zone(account: Page) -> None:
    page = account
    page.goto("/account/")
    page.get_by_role("combobox", name="Time zone").select_option("Pacific/Kiritimati")
    page.get_by_role("button", name="Save Time zone").click()
    expect(page.locator("html")).to_have_attribute("data-zone", "Pacific/Kiritimati")

    time = page.locator("#sessions time").first
    here = "new Intl.DateTimeFormat('en', {timeStyle: 'short', timeZone: 'Pacific/Kiritimati'})"
    expected = time.evaluate(f"each => {here}.format(new Date(each.dateTime))")
    expect(time).to_have_text(expected)


def test_without_scripts_on_a_phone_what_was_refused_stays(
    browser: Browser, browser_context_args: dict[str, Any]
) -> None:
    context = browser.new_context(**browser_context_args | PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/account/")
    page.get_by_label("How to answer").fill("x" * 3_001)
    page.get_by_role("button", name="Save Personal instructions").tap()

    expect(page.get_by_role("alert")).to_have_text(
        "This has 3,001 characters. Shorten it to 3,000."
    )
    expect(page.get_by_label("How to answer")).to_have_value("x" * 3_001)
    page.get_by_role("group", name="Appearance").last.get_by_role("button", name="Dark").tap()
    expect(page).to_have_url(f"{browser_context_args['base_url']}/account/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    context.close()
