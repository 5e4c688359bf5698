"""Without scripts every control can be reached, and those that need scripts aren't shown."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.documents.phrases import FILES
from tests.system.conftest import PHONE, Chat
from tests.system.images import saved_many, shown

NARROW = PHONE | {"viewport": {"width": 320, "height": 640}}
LAYOUTS: dict[str, dict[str, Any]] = {"desktop": {}, "phone": PHONE, "narrow": NARROW}
COVERED = """all => all.filter(each => {
    const { x, y, width, height } = each.getBoundingClientRect();
    const hit = document.elementFromPoint(x + width / 2, y + height / 2);
    return hit?.closest("input, select, button") !== each;
}).map(each => each.ariaLabel)"""
CODE = "/echo ```python\nprint(1)\n```"


@pytest.fixture(
    params=[
        "desktop",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("phone", "narrow")),
    ]
)
def plain(
    browser: Browser, browser_context_args: dict[str, Any], request: pytest.FixtureRequest
) -> Iterator[Chat]:
    arguments = browser_context_args | LAYOUTS[request.param]
    context = browser.new_context(**arguments, java_script_enabled=False)
    yield Chat(context.new_page()).open()
    context.close()


def send(chat: Chat, text: str) -> None:
    """Presses the button with a pointer: a click fails where something else covers it."""
    count = chat.replies.count()
    chat.box.fill(text)
    chat.send_button.click(timeout=5_000)
    reply = chat.replies.nth(count)
    expect(reply).to_have_attribute("data-status", "complete", timeout=30_000)


def controls(page: Page) -> Locator:
    return page.locator(".composer-tools").locator("input, select, button").locator("visible=true")


def covered(page: Page) -> list[str]:
    """The controls of the composer in whose middle a pointer would meet something else."""
    found: list[str] = controls(page).evaluate_all(COVERED)
    return found


def test_a_message_is_sent_by_its_button(plain: Chat) -> None:
    send(plain, "/echo first")
    send(plain, "/echo second")

    expect(plain.replies.last).to_contain_text("second")


def test_an_image_is_sent_with_its_message(plain: Chat, tmp_path: Path) -> None:
    plain.page.locator("input[name=images]").set_input_files(saved_many(tmp_path, 1))
    send(plain, "/echo look")

    expect(shown(plain)).to_have_count(1)


def test_a_document_is_sent_with_its_message(plain: Chat) -> None:
    plain.page.locator("input[name=images]").set_input_files(FILES / "two.pdf")
    send(plain, "/echo read")

    card = plain.messages.locator("[data-part=document]")
    expect(card).to_contain_text("two.pdf")
    expect(card).to_contain_text("PDF, 1 page")


def test_the_keyboard_reaches_every_control(plain: Chat) -> None:
    plain.box.focus()

    reached = []
    for _ in range(5):
        plain.page.keyboard.press("Tab")
        reached.append(plain.page.evaluate("document.activeElement.ariaLabel"))

    assert reached == controls(plain.page).evaluate_all("all => all.map(each => each.ariaLabel)")


@pytest.mark.parametrize("path", ["the empty page", "a conversation"])
def test_no_control_covers_another(plain: Chat, path: str) -> None:
    page = plain.page
    if path == "a conversation":
        send(plain, "/echo first")

    assert controls(page).count() == 5  # file, link, model, thinking, send
    assert covered(page) == []
    viewport = page.viewport_size
    assert viewport
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_what_needs_scripts_is_not_shown(plain: Chat) -> None:
    send(plain, CODE)

    expect(plain.page.locator("[data-code-action]")).to_have_count(2)
    for name in ("Copy", "Wrap", "Options for", "Attach", "Explain"):
        for button in plain.page.get_by_role("button", name=name, include_hidden=True).all():
            expect(button).to_be_hidden()
    expect(plain.send_button).to_be_visible()
