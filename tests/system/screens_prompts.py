"""`make screens`: saved prompts, in the message box and on their pages."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.system.app import App
from tests.system.conftest import Chat
from tests.system.prompts import Picker, add_prompts, forget_prompts
from tests.system.screens import ask, chat, layout, scheme, shoot

__all__ = ["chat", "layout", "scheme", "shoot"]  # fixtures

Shoot = Callable[[str], None]


@pytest.fixture(autouse=True)
def _prompts(app: App) -> Iterator[None]:
    add_prompts(app)
    yield
    forget_prompts(app)


def test_picker(chat: Chat, shoot: Shoot) -> None:
    picker = Picker(chat.page)
    chat.box.press_sequentially("/")
    expect(picker.list).to_be_visible()
    shoot("prompts-list")
    chat.box.fill("")
    ask(chat, "/echo A reply in the background")
    chat.box.press_sequentially("/t")
    expect(picker.list).to_be_visible()
    shoot("prompts-list-in-chat")
    picker.options.first.click()
    expect(picker.form).to_be_visible()
    shoot("prompts-variables")


def test_pages(chat: Chat, shoot: Shoot) -> None:
    page = chat.page
    page.goto("/prompts/")
    shoot("prompts")
    page.get_by_role("link", name="Use in a new chat /translate").click()
    shoot("prompts-use")
    page.get_by_role("link", name="Edit prompt").click()
    shoot("prompts-edit")
    page.get_by_label("Name").fill("two words")
    page.get_by_role("button", name="Save").click()
    shoot("prompts-refused")
    page.goto("/prompts/")
    page.get_by_role("link", name="Delete /translate").click()
    shoot("prompts-deletion")
