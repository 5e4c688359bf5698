"""The owner's tools page, with a real MCP server."""

import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.servers.mcp_packages import PackagedServer
from tests.system.app import App

pytestmark = pytest.mark.long

APP = "tests.mcp.client.modern:app"
CONNECTED = re.compile("Connected · 3 tools · checked just now")
LONG_AGO = "UPDATE mcp_server SET checked_at = '2026-01-01 00:00:00'"
PRESS_TWICE = """
(button) => {
  button.click();
  const { textContent } = button.form.querySelector("[role=status]");
  const again = new SubmitEvent("submit", { bubbles: true, cancelable: true });
  return [textContent, button.form.dispatchEvent(again)];
}
"""


@pytest.fixture(autouse=True)
def _nothing_chosen(app: App) -> Iterator[None]:
    yield
    app.forget_servers()


@pytest.fixture
def program() -> Iterator[PackagedServer]:
    server = PackagedServer(
        [sys.executable, "-m", "uvicorn", APP, "--log-level", "critical", "--port"]
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def plain(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """A browser without scripts."""
    context: BrowserContext = browser.new_context(**browser_context_args, java_script_enabled=False)
    yield context.new_page()
    context.close()


def fill_in(page: Page, url: str, name: str = "Modern") -> None:
    page.goto("/tools/")
    page.get_by_role("link", name="Add server").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Address").fill(url)


def add(page: Page, url: str) -> Locator:
    """Return the server's part of the page."""
    fill_in(page, url)
    page.get_by_role("button", name="Add").click()
    card = page.locator("server-card")
    expect(card).to_contain_text("Added.", timeout=30_000)
    return card


def test_the_menu_leads_to_choices_that_are_saved(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="owner@example.com").click()
    page.get_by_role("link", name="Tools").click()
    weather = page.get_by_role("combobox", name="Weather")
    expect(weather).to_have_value("allow")

    weather.select_option(label="Ask first")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("status")).to_have_text("Saved.")
    expect(weather).to_have_value("ask")
    expect(page.get_by_role("combobox", name="Calculator")).to_have_value("allow")


def test_a_server_is_added_with_its_tools(page: Page, program: PackagedServer) -> None:
    card = add(page, program.url)

    expect(card).to_contain_text(CONNECTED)
    expect(card.get_by_role("combobox", name="Add up")).to_have_value("ask")
    expect(card.locator("[data-part=modern__add]")).to_contain_text(
        "Read-only, according to the server."
    )
    expect(card.locator("[data-part=modern__draw]")).to_contain_text("May change things.")


def test_the_form_shows_that_it_is_connecting_and_is_sent_once(page: Page) -> None:
    fill_in(page, "http://127.0.0.1:1/mcp")

    status, is_sent_again = page.get_by_role("button", name="Add").evaluate(PRESS_TWICE)

    assert status.startswith("Connecting to the server.")
    assert not is_sent_again
    expect(page.locator("server-card")).to_have_attribute("data-state", "problem")


def test_a_refused_form_keeps_the_text_beside_its_error(page: Page) -> None:
    fill_in(page, "tools.example.com")
    page.get_by_label("Token", exact=True).fill("mcp-0123456789")

    page.get_by_role("button", name="Add").click()

    address = page.get_by_label("Address")
    expect(address).to_have_value("tools.example.com")
    expect(address).to_have_accessible_description(re.compile("Enter an address such as"))
    expect(page.get_by_label("Name", exact=True)).to_have_value("Modern")
    expect(page.get_by_label("Token", exact=True)).to_have_value("")
    expect(page.get_by_text("Enter the token again.")).to_be_visible()


def test_a_check_updates_the_state_and_keeps_unsaved_choices(
    page: Page, program: PackagedServer
) -> None:
    card = add(page, program.url)
    choice = card.get_by_role("combobox", name="Add up")
    choice.select_option(label="Off")
    program.stop()

    card.get_by_role("button", name="Check now").click()

    expect(card).to_have_attribute("data-state", "problem")
    expect(card.locator("[data-announcement]")).to_contain_text("tried just now")
    expect(choice).to_have_value("off")
    expect(card.get_by_role("button", name="Check now")).to_be_focused()


def test_a_stale_state_is_checked_when_the_page_opens(
    page: Page, app: App, program: PackagedServer
) -> None:
    card = add(page, program.url)
    program.stop()
    app.execute(LONG_AGO)

    page.goto("/tools/")

    expect(card).to_have_attribute("data-state", "problem")
    expect(card.locator("[data-announcement]")).to_be_empty()


def test_a_check_without_an_answer_is_explained_and_keeps_the_state(
    page: Page, program: PackagedServer
) -> None:
    card = add(page, program.url)
    page.context.set_offline(True)

    card.get_by_role("button", name="Check now").click()

    expect(card.get_by_text("The check didn't reach this site.").first).to_be_visible()
    expect(card).to_have_attribute("data-state", "connected")


def test_without_scripts_everything_works(plain: Page, program: PackagedServer) -> None:
    card = add(plain, program.url)
    expect(card).to_contain_text(CONNECTED)

    card.get_by_role("combobox", name="Add up").select_option(label="Run automatically")
    card.get_by_label("On in new chats").uncheck()
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Saved.")
    expect(card.get_by_label("On in new chats")).not_to_be_checked()
    expect(card.get_by_role("combobox", name="Add up")).to_have_value("allow")

    card.get_by_role("button", name="Check now").click()
    expect(card).to_contain_text("Checked.")

    card.get_by_role("link", name="Edit").click()
    plain.get_by_label("Name", exact=True).fill("Newest")
    plain.get_by_role("button", name="Save").click()
    expect(card.get_by_role("heading", name="Newest")).to_be_visible()

    card.get_by_role("link", name="Remove").click()
    plain.get_by_role("button", name="Remove").click()
    expect(plain.get_by_text("Removed.")).to_be_visible()
    expect(card).to_have_count(0)


def test_on_a_phone_nothing_is_wider_than_the_screen(phone: Page, program: PackagedServer) -> None:
    add(phone, f"{program.url}?{'long' * 100}")

    width = phone.evaluate("document.documentElement.scrollWidth")

    assert width == phone.viewport_size["width"]
