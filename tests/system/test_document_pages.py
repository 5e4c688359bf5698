"""Choosing which pages of a document go to the model: before sending, and in an edit."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.documents.phrases import FILES
from tests.system.conftest import PHONE, Chat, watched
from tests.system.images import attach, chips

pytestmark = pytest.mark.long
IS_UNCOVERED = """field => {
    const { x, y, height } = field.getBoundingClientRect();
    return [y + 2, y + height - 2].every(at => document.elementFromPoint(x + 9, at) === field);
}"""
CHOSEN = re.compile(r"Pages 1–3, 17 of 301 go to the model, about [\d,]+ tokens\.$")


@pytest.fixture(params=[{}, PHONE], ids=["desktop", "phone"])
def chat(
    request: pytest.FixtureRequest, browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[Chat]:
    for page in watched(browser.new_context(**{**browser_context_args, **request.param})):
        yield Chat(page).open()


def open_field(place: Locator) -> Locator:
    place.get_by_role("button", name="Choose pages").press("Enter")
    field = place.get_by_role("textbox", name="Choose pages")
    expect(field).to_be_focused()
    return field


def saving(page: Page, act: Callable[[], None]) -> None:
    with page.expect_response(lambda answer: answer.url.endswith("draft")) as saved:
        act()
    assert saved.value.status == 204


def test_pages_are_chosen_kept_sent_and_chosen_again_in_an_edit(chat: Chat) -> None:
    page, book = chat.page, chips(chat.page)
    attach(page, FILES / "book.pdf")
    check_field(book)
    field = open_field(book)
    field.fill("1-3, 17")
    saving(page, lambda: field.press("Enter"))
    expect(book.locator("[data-note]")).to_have_text(CHOSEN)
    expect(page.locator(".cost")).to_have_text(re.compile(r"^about \d{3} tokens$"))

    page.reload()
    expect(book.locator("[data-note]")).to_have_text(CHOSEN)
    chat.box.fill("/echo Read these")
    chat.send_button.click()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    card = chat.messages.first.locator("[data-part=document]")
    expect(card).to_contain_text("PDF, p. 1–3, 17 of 301")

    chat.messages.first.get_by_role("button", name="More").click()
    page.locator("message-menu").get_by_role("button", name="Edit").click()
    editor = page.locator("message-editor")
    expect(editor.locator("[data-note]")).to_have_text(CHOSEN)
    field = open_field(editor)
    expect(field).to_have_value("1-3, 17")
    page.wait_for_function(IS_UNCOVERED, arg=field.element_handle())
    field.fill("5")
    expect(editor.locator("[data-size]")).to_have_text(re.compile("^1 page, about"))
    editor.get_by_role("button", name="Send").click()  # the field is still open
    expect(card).to_contain_text("PDF, p. 5 of 301")


def check_field(book: Locator) -> None:
    """It says what a choice takes and what can't be read; the keys are its own."""
    button, note = book.get_by_role("button", name="Choose pages"), book.locator("[data-note]")
    expect(button).to_be_visible()
    whole = note.text_content() or ""
    field, size = open_field(book), book.locator("[data-size]")
    expect(size).to_have_text(re.compile(r"^301 pages, about [\d,]+ tokens$"))
    field.fill("1-3, 999")
    expect(size).to_have_text("There is no such range: 999. The last page is 301.")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.press("Enter")
    expect(field).to_be_focused()
    field.fill("1-3, 17")
    expect(size).to_have_text(re.compile(r"^4 pages, about [\d,]+ tokens$"))
    field.press("ArrowLeft")
    field.press("Escape")
    expect(button).to_be_focused()
    expect(note).to_have_text(whole)
