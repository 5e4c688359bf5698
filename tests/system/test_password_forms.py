"""Forms with a password: it can be shown, and the cursor is where the mistake is."""

from playwright.sync_api import Page, expect

from tests.support.people import OWNER, PASSWORD


def test_a_password_can_be_shown_and_is_asked_for_again_in_its_place(page: Page) -> None:
    page.context.clear_cookies()
    page.goto("/account/sign-in/")
    email, password = page.get_by_label("Email"), page.get_by_label("Password")
    expect(email).to_be_focused()
    email.fill(OWNER)
    password.press_sequentially("wrong")

    page.get_by_role("button", name="Show").click()
    expect(password).to_have_attribute("type", "text")
    expect(password).to_be_focused()
    password.press_sequentially(" wrong")
    expect(password).to_have_value("wrong wrong")
    page.get_by_role("button", name="Hide").click()
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show").click()
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_have_text("The email or the password is not correct.")
    expect(password).to_be_focused()
    expect(password).to_have_attribute("type", "password")
    expect(email).to_have_value(OWNER)
    password.fill(PASSWORD)
    password.press("Enter")
    expect(page.get_by_role("textbox", name="Message")).to_be_visible()
