"""Ask about a page of a long document: the model reads it, and the reply links to it."""

import pytest
from playwright.sync_api import expect

from tests.documents.phrases import FILES
from tests.system.conftest import Chat
from tests.system.images import chips, choose

pytestmark = pytest.mark.long


def test_a_page_of_a_long_document_is_read_quoted_and_linked(chat: Chat) -> None:
    page = chat.page
    choose(page, FILES / "book.pdf")
    expect(chips(page)).to_have_attribute("data-state", "ready")

    chat.send("What does page 17 say?")

    expect(chat.replies).to_have_attribute("data-status", "complete")
    expect(chat.replies).to_contain_text("Read p. 17 of book.pdf")
    expect(chat.replies).to_contain_text("heron-629")
    link = chat.replies.get_by_role("link", name="p. 17")
    expect(link).to_have_count(1)
    document = chat.messages.locator("[data-part=document]").get_attribute("href")
    expect(link).to_have_attribute("href", f"{document}?page=17#page-17")
    page.reload()
    expect(link).to_have_attribute("href", f"{document}?page=17#page-17")
    page.goto(f"{page.url.rstrip('/')}/prompt/")
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    expect(page.get_by_role("link", name="book.pdf")).to_be_visible()
