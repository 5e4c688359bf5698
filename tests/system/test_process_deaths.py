"""Replies outlive the processes that make them, and the pages that show them need no reload."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chaos.instance import Instance, running_instance
from tests.chaos.question import Question
from tests.chaos.words import text
from tests.servers.app import CLEAN_EXITS
from tests.servers.marks import needs_postgres, needs_redis
from tests.servers.processes import running
from tests.support.people import OWNER
from tests.system.app import running_app
from tests.system.conftest import Chat, sign_in
from tests.system.posts import send

pytestmark = pytest.mark.long

RECOVERY = 60_000  # ms; a lease has to expire first, and this machine does other things too
REPLIES = 20
PAGES = 3
WORDS = 300
RATE = 25.0  # pieces a second: longer than one process takes to leave


def test_a_reply_survives_the_death_of_the_only_process(browser: Browser, tmp_path: Path) -> None:
    question = Question("survivor", 160, 25.0)
    with (
        running("tests.chaos.model") as model,
        running_app(tmp_path, INFERENCE_URL=model.url) as app,
        signed_in_page(browser, app.url) as page,
    ):
        chat = Chat(page)
        chat.send(str(question))
        expect(chat.replies).to_contain_text("survivorx30")
        article = chat.replies.element_handle()
        page.evaluate("window.isSamePage = true")

        app.stop(signal.SIGKILL)
        app.start()

        expect(chat.replies).to_have_attribute("data-status", "complete", timeout=RECOVERY)
        assert page.evaluate("window.isSamePage")
        assert article.evaluate("article => article.isConnected")
        assert saved_text(chat) == text("survivor", 160)
        assert same_after_reload(chat)
        first, second = httpx.get(f"{model.url}/requests").json()
        assert (first["outcome"], second["outcome"]) == ("hung up", "complete")
        assert second["given"] > 0


@needs_postgres
@needs_redis
@pytest.mark.timeout(240)
def test_a_rolling_restart_under_twenty_replies_needs_no_reload(
    browser: Browser, tmp_path: Path
) -> None:
    with (
        running_instance(tmp_path, 2, [OWNER], CHAT_HAND_OVER_SECONDS="4") as instance,
        signed_in_page(browser, instance.url) as page,
    ):
        chats = [Chat(page), *(Chat(page.context.new_page()).open() for _ in range(PAGES - 1))]
        for number, chat in enumerate(chats):
            chat.send(str(question(number)))
            chat.page.evaluate("window.isSamePage = true")
        for number in range(PAGES, REPLIES):
            send(page, str(question(number)))
        for chat in chats:
            expect(chat.replies.locator(".block").first).to_be_visible()
        assert instance.running_replies() == REPLIES

        restart_one_by_one(instance)

        for chat in chats:
            expect(chat.replies).to_have_attribute("data-status", "complete", timeout=RECOVERY)
            assert chat.page.evaluate("window.isSamePage")
        wait_for_rest(instance, page)
        made = {row.text for row in instance.rows() if row.status == "complete"}
        assert made >= {text(f"rolling{number}", WORDS) for number in range(REPLIES)}
        assert all(same_after_reload(chat) for chat in chats)


def question(number: int) -> Question:
    return Question(f"rolling{number}", WORDS, RATE)


@contextmanager
def signed_in_page(browser: Browser, url: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    sign_in(page)
    yield page
    context.close()


def restart_one_by_one(instance: Instance) -> None:
    for app in instance.apps:
        app.send(signal.SIGTERM)
        assert app.wait() in CLEAN_EXITS
        app.start()
        app.wait_until_ready()


def wait_for_rest(instance: Instance, page: Page) -> None:
    while instance.running_replies():
        page.wait_for_timeout(200)


def saved_text(chat: Chat) -> str:
    url = chat.replies.get_attribute("data-state-url")
    assert url
    return str(chat.page.request.get(url).json()["text"])


def same_after_reload(chat: Chat) -> bool:
    shown = chat.replies.locator("[data-part=text]")
    live = shown.inner_text()
    chat.page.reload()
    return shown.inner_text() == live
