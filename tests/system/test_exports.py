"""Exports in a real browser: the page that makes one, and what is read without this site."""

import base64
import zipfile
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from chatapp.conversations.models import Conversation, Message
from chatapp.transfer import pages
from tests.rendering.corpus_files import inputs, text_of
from tests.rendering.test_safety import HOSTILE
from tests.system.conftest import Chat
from tests.system.images import attach, png

pytestmark = pytest.mark.long

TITLE = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>"
STYLED = "getComputedStyle(document.body).maxWidth !== 'none'"
WIDTHS = "[...document.images].map((image) => image.naturalWidth)"
FONT = """async () => (await document.fonts.load("1em 'Reply Math'"))[0].status"""
FAULTS = """() => [...document.querySelectorAll("*")].filter((element) =>
  [...element.attributes].some(({ name, value }) =>
    name.startsWith("on") || /^\\s*(javascript|vbscript):/i.test(value))).length"""


def test_everything_is_exported_and_read_from_a_folder(chat: Chat, tmp_path: Path) -> None:
    page = chat.page
    red = tmp_path / "red.png"
    red.write_bytes(base64.b64decode(png()))
    attach(page, red)
    chat.ask("Keep this **image**: $x^2$")
    page.goto("/transfer/")
    button = page.get_by_role("button", name="Export everything")
    button.click()

    # The page shows the end by itself, and says it to whoever doesn't see it.
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible(timeout=30_000)
    with page.expect_download() as downloading:
        link.click()
    with zipfile.ZipFile(downloading.value.path()) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)

    page.goto(f"file://{tmp_path}/index.html")
    assert page.evaluate(STYLED)
    page.locator(".conversations a").first.click()
    expect(page.locator("article")).to_have_count(2)
    assert page.evaluate(STYLED)
    expect(page.locator("article img")).to_have_count(1)
    assert page.evaluate(WIDTHS) != [0]
    page.get_by_role("link", name="All chats").click()
    expect(page.get_by_role("heading", name="All chats")).to_be_visible()

    page.goto("/transfer/")
    page.get_by_role("button", name="Remove from this site").click()
    expect(button).to_be_visible()


def test_a_page_of_hostile_texts_runs_and_loads_nothing(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "exported.html"
    file.write_text(hostile_page(), encoding="utf-8")
    with browser.new_context() as context:
        page = context.new_page()
        happened = observed(page)
        page.goto(f"file://{file}")
        expect(page).to_have_title(TITLE)
        expect(page.locator("article")).to_have_count(len(inputs()) + len(HOSTILE) + 1)
        assert page.evaluate("document.scripts.length") == 0
        assert page.evaluate(FAULTS) == 0
        assert page.evaluate(STYLED)
        assert page.evaluate(FONT) == "loaded"
        page.locator("article a[href^='#']").first.click()
    assert happened == [f"GET file://{file}"]


def observed(page: Page) -> list[str]:
    """Return a list that fills with what a page asks for, reports and opens."""
    happened: list[str] = []

    def load(method: str, url: str) -> None:
        if not url.startswith("data:"):
            happened.append(f"{method} {url}")

    page.on("request", lambda request: load(request.method, request.url))
    page.on("console", lambda message: happened.append(message.text))
    page.on("pageerror", lambda error: happened.append(str(error)))
    page.on("dialog", lambda dialog: (happened.append(dialog.message), dialog.dismiss()))
    return happened


def hostile_page() -> str:
    """Return a page with the whole corpus and everything that was ever tried against it."""
    conversation = Conversation(title=TITLE)
    opening, closing = pages.self_contained_frame(conversation)
    texts = [*map(text_of, inputs()), *HOSTILE]
    replies = [message(conversation, "assistant", text) for text in texts]
    messages = [message(conversation, "user", "\n".join(HOSTILE)), *replies]
    body = "".join(pages.message_page(each, None, str) for each in messages)
    return f"{opening}{body}{pages.math_style()}{closing}"


def message(conversation: Conversation, role: str, text: str) -> Message:
    """Return a message that no database has."""
    made = Message(
        id=uuid4(), conversation=conversation, role=role, status="complete", text=text, model=text
    )
    made._prefetched_objects_cache = {"attachments": []}  # type: ignore[attr-defined]
    return made
