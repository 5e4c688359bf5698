"""Photographs of documents; see `screens.py`."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.documents.phrases import FILES
from tests.system.conftest import Chat
from tests.system.images import Held, chips, choose, saved
from tests.system.screens import chat, layout, scheme, send, shoot
from tests.system.test_documents import PASTE_TEXT

__all__ = ["chat", "layout", "scheme", "shoot"]


def test_documents(chat: Chat, shoot: Callable[[str], None], tmp_path: Path) -> None:
    """Documents on their way, read, refused, edited and sent; a long text as a file."""
    broken = tmp_path / "A film with a rather long name that nobody would shorten.pdf"
    broken.write_bytes(bytes(range(256)) * 9)
    with Held(chat.page) as uploads:
        choose(chat.page, FILES / "book.pdf", FILES / "data.xlsx", broken)
        uploads.wait(2)
        shoot("documents-uploading")
        for route in uploads.routes:
            route.continue_()
    expect(chips(chat.page)).to_have_count(3)
    expect(chat.page.locator("[data-state=uploading]")).to_have_count(0)
    choose(chat.page, saved(tmp_path / "photo.jpg", (1200, 800)))
    expect(chat.page.locator("message-composer [data-state=ready]")).to_have_count(3)
    shoot("documents-ready")
    book = chips(chat.page).filter(has_text="book.pdf")
    book.get_by_role("button", name="Choose pages").click()
    book.get_by_role("textbox", name="Choose pages").fill("1-80, 95")
    expect(book.locator("[data-size]")).to_contain_text("81 pages")
    shoot("documents-choice")
    book.get_by_role("button", name="Use these").click()
    chat.page.locator("[data-state=failed]").get_by_role("button", name="Remove").click()
    send(chat, "/echo Compare the two.")
    expect(chat.replies.last).to_have_attribute("data-status", "complete", timeout=30_000)
    shoot("documents-sent")
    chat.box.fill("See: and tell me.")
    chat.box.evaluate(PASTE_TEXT, "A line of a log that somebody wants to understand.\n" * 200)
    expect(chat.page.get_by_role("button", name="Attach as a file instead")).to_be_visible()
    shoot("documents-long-text")
    chat.page.get_by_role("button", name="Attach as a file instead").click()
    expect(chips(chat.page)).to_have_attribute("data-state", "ready")
    shoot("documents-text-as-file")
