"""`make screens`: finding, keeping and sharing chats."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.servers.exports import chatgpt
from tests.system.conftest import Chat
from tests.system.screens import ask, chat, layout, scheme, shoot
from tests.system.test_imports import choose, written
from tests.system.test_sharing import dialog_of

__all__ = ["chat", "layout", "scheme", "shoot"]  # fixtures

Shoot = Callable[[str], None]


def test_search(chat: Chat, shoot: Shoot) -> None:
    ask(chat, "/echo Herons stand **still**, and a heron that waits catches more fish.")
    chat.page.keyboard.press("Control+k")
    field = chat.page.get_by_role("combobox", name="Search")
    expect(field).to_be_focused()
    shoot("palette")
    field.fill("heron")
    expect(chat.page.locator(".palette mark").first).to_be_visible()
    shoot("palette-results")
    chat.page.goto("/search/?q=heron+is:pinned")
    shoot("search-explained")
    chat.page.goto("/search/?q=heron")
    expect(chat.page.locator(".hit").first).to_be_visible()
    shoot("search")


def test_sharing(chat: Chat, shoot: Shoot) -> None:
    ask(chat, "/echo Herons stand **still**")
    dialog = dialog_of(chat)
    shoot("share")
    dialog.get_by_role("button", name="Create link").click()
    link = dialog.get_by_label("Link", exact=True)
    expect(link).to_be_visible()
    shoot("share-link")
    url = link.input_value()
    chat.page.goto("/shares/")
    shoot("shares")
    chat.page.goto(url)
    shoot("shared")


def test_transfer(chat: Chat, shoot: Shoot, tmp_path: Path) -> None:
    page = chat.page
    page.goto("/transfer/")
    shoot("transfer")
    choose(page, written(tmp_path, "conversations.json", [chatgpt("imported")]))
    expect(page.get_by_text("1 new chat")).to_be_visible(timeout=30_000)
    shoot("transfer-imported")
    page.goto("/archive/")
    shoot("archive")
