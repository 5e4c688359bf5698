"""Somebody with a new phone joins, chats and reaches a cap, and is removed by the owner."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.people import OWNER, PASSWORD
from tests.system.app import App, running_app
from tests.system.conftest import PHONE, Chat, watched
from tests.system.people import fill_in
from tests.system.test_two_step import AUTHENTICATOR, TWO_STEP, press

pytestmark = [pytest.mark.long, pytest.mark.timeout(180)]

NEWCOMER = "newcomer@example.com"
# A token costs a hundredth of a cent, so that a few replies are worth counting.
MODELS = [{"id": "claude-sonnet-4-6", "price_in": 100, "price_out": 100}]
CAP = "0.05"  # dollars, less than the first reply costs
WORDS = "heron " * 500


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running_app(tmp_path, CHAT_MODELS=json.dumps(MODELS)) as app:
        yield app


@pytest.fixture
def owner(app: App, browser: Browser) -> Iterator[Page]:
    for page in watched(browser.new_context(base_url=app.url)):
        page.goto("/")
        fill_in(page.locator("form").first, OWNER)
        expect(page.get_by_role("textbox", name="Message")).to_be_visible()
        yield page


@pytest.fixture
def phone(app: App, browser: Browser) -> Iterator[Page]:
    """Open a phone at localhost: passkeys belong to host names, and addresses have none."""
    host = app.url.replace("127.0.0.1", "localhost")
    for page in watched(browser.new_context(**PHONE, base_url=host)):
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        cdp.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield page


def invitation(owner: Page) -> str:
    owner.goto("/people/")
    owner.get_by_text("Invite someone").click()
    owner.get_by_role("button", name="Make invitation").click()
    return owner.get_by_label("Link", exact=True).input_value()


def join(phone: Page, path: str) -> None:
    phone.goto(path)
    phone.get_by_label("Email").fill(NEWCOMER)
    phone.get_by_label("Password", exact=True).fill(PASSWORD)
    phone.get_by_role("button", name="Join").tap()
    expect(phone.get_by_role("textbox", name="Message")).to_be_visible()


def add_passkey(phone: Page) -> None:
    phone.goto(TWO_STEP)
    press(phone, "Add a passkey", "link")
    phone.get_by_label("Name").fill("Phone")
    press(phone, "Add a passkey")
    expect(phone.get_by_role("heading", name="Recovery codes")).to_be_visible()


def set_cap(owner: Page) -> None:
    owner.goto("/usage/everybody/")
    row = owner.locator("[data-list=people] li").filter(has_text=NEWCOMER)
    row.locator("summary").click()
    row.get_by_label("A day, in dollars").fill(CAP)
    row.get_by_role("button", name="Save").click()
    expect(row.locator("summary")).to_contain_text(f"${CAP}")


def cost_of_today(page: Page, path: str) -> str:
    page.goto(path)
    [cost] = re.findall(r"Today\s+(\$[\d.]+)", page.locator(".figures").inner_text())
    return str(cost)


def test_a_newcomer_joins_reaches_a_cap_and_is_removed(owner: Page, phone: Page) -> None:
    join(phone, "/join/" + invitation(owner).partition("/join/")[2])
    add_passkey(phone)

    phone.goto("/")
    chat = Chat(phone)
    chat.box.fill(f"/rate 5000 /echo {WORDS}")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    set_cap(owner)
    chat.box.fill("One more?")
    chat.send_button.tap()
    refusal = phone.get_by_text(f"You've reached your cap of ${CAP} for today")
    expect(refusal).to_be_visible()
    expect(refusal).to_contain_text(OWNER)  # who can raise it
    expect(chat.box).to_have_value("One more?")

    spent = cost_of_today(phone, "/usage/")
    assert float(spent[1:]) > float(CAP)
    assert cost_of_today(owner, "/usage/everybody/") == spent

    owner.goto("/people/")
    owner.get_by_role("link", name=NEWCOMER).click()
    owner.get_by_role("link", name="Delete").click()
    owner.get_by_role("button", name="Delete").click()
    expect(owner.get_by_role("button", name="Restore")).to_be_visible()
    phone.goto("/")  # which the passkey tries to sign in again
    expect(phone).to_have_url(re.compile("/account/inactive/$"))
