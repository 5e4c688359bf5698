"""A reply in the line for the service: its place, the countdown, and Stop."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.servers.completions import Completion
from tests.servers.model import Script, serving_in_thread
from tests.system.app import running_app
from tests.system.conftest import Chat, cookies_of_owner, watched

WAIT = b"40"  # seconds


class Full(Script):
    """A service whose quota is used up."""

    async def complete(self, request: dict[str, Any], completion: Completion) -> None:
        await completion.refuse(429, [(b"retry-after", WAIT)])


@pytest.fixture
def chat(browser: Browser, tmp_path: Path) -> Iterator[Chat]:
    model = Full()
    settings = {"DJANGO_SETTINGS_MODULE": "tests.servers.quick_sign_in"}
    with (
        serving_in_thread(model),
        running_app(tmp_path, INFERENCE_URL=model.url, **settings) as app,
    ):
        cookies = cookies_of_owner(browser, app.url)
        context = browser.new_context(base_url=app.url, storage_state=cookies)
        for page in watched(context):
            yield Chat(page).open()


def notice(chat: Chat) -> Locator:
    return chat.replies.last.locator("[data-part=notice]")


@pytest.mark.long
def test_a_reply_shows_its_place_counts_down_and_can_be_stopped(chat: Chat) -> None:
    chat.send("Hello")
    expect(notice(chat)).to_have_text(re.compile(r"Next in line, about 3\d\s?s"))
    expect(chat.replies).to_have_attribute("data-status", "queued")
    first = chat.page.url

    chat.open().send("Me too")
    expect(notice(chat)).to_have_text(re.compile(r"1 reply before yours, about 3\d\s?s"))
    before = notice(chat).inner_text()
    expect(notice(chat)).not_to_have_text(before)  # it counts
    expect(notice(chat)).to_contain_text("1 reply before yours")
    second = chat.page.url
    chat.page.reload()
    expect(notice(chat)).to_contain_text("1 reply before yours")

    chat.open(first).stop_button.click()
    expect(chat.replies).to_have_attribute("data-status", "stopped")
    chat.open(second)
    expect(notice(chat)).to_have_text(re.compile(r"Next in line, about [23]\d\s?s"))

    chat.stop_button.click()
    expect(chat.replies).to_have_attribute("data-status", "stopped")
    expect(notice(chat)).to_have_text(re.compile("You stopped this reply"))
