"""The usage pages: sums, the chart and caps, by keyboard, and on a phone without scripts."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.system.conftest import PHONE, Chat
from tests.system.test_accessibility import check

pytestmark = pytest.mark.long


@pytest.fixture
def plain_phone(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Page]:
    """Open a phone that is signed in and runs no scripts."""
    context = browser.new_context(**{**browser_context_args, **PHONE}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_usage_is_shown_and_capped(chat: Chat, plain_phone: Page) -> None:
    page = chat.page
    chat.ask("/echo How much is this?")  # nothing: the demo model is free, and counts in tokens
    page.get_by_role("button", name="owner@example.com").click()
    page.get_by_role("link", name="Usage").click()
    expect(page.get_by_role("heading", name="Usage", level=1)).to_be_visible()
    expect(page.locator(".figures")).to_contain_text(re.compile(r"\$0\.00.*\d tokens"))
    bar = page.locator(".chart .bar").last
    assert (bar.bounding_box() or {"height": 0})["height"] > 1
    summary = page.get_by_text("Set a cap for yourself")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("A day, in dollars")).to_be_focused()
    page.keyboard.type("900")
    page.keyboard.press("Enter")
    expect(page.locator("#caps")).to_contain_text("of $900.00")
    for details in page.locator("main details").all():
        details.evaluate("details => details.open = true")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        check(page)

    plain_phone.goto("/usage/everybody/")
    expect(plain_phone.locator(".chart .bar").last).to_be_visible()
    row = plain_phone.locator("[data-list=people] li").first
    row.locator("summary").tap()
    row.get_by_label("A month, in dollars").fill("-1")
    row.get_by_role("button", name="Save").tap()
    expect(plain_phone.get_by_role("alert")).to_have_text("An amount can't be below $0.")
    wide = plain_phone.locator("main").bounding_box()
    assert wide
    assert wide["width"] <= 390
    page.get_by_label("A day, in dollars").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#caps")).to_contain_text("No cap limits")
