"""Imports in a real browser: files are chosen, uploaded in slices, imported and reported."""

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.servers.exports import chatgpt, claude, zip_of
from tests.system.conftest import Chat

pytestmark = pytest.mark.long

HOSTILE = "<img src=x onerror=alert(1)>"


def written(folder: Path, name: str, content: Any) -> Path:
    file = folder / name
    is_raw = isinstance(content, bytes)
    file.write_bytes(content if is_raw else json.dumps(content).encode())
    return file


def choose(page: Page, *files: Path) -> None:
    page.get_by_label("Choose files").set_input_files(list(files))


def test_an_upload_continues_after_a_failure_and_a_reload(chat: Chat, tmp_path: Path) -> None:
    page = chat.page
    # 5 MB that zip doesn't make smaller: three slices.
    chats = claude(3, name=HOSTILE)
    files = {"conversations.json": chats, "noise.bin": random.Random(1).randbytes(5_000_000)}
    export = written(tmp_path, "data.zip", zip_of(files))
    sent: list[str] = []

    def fail_second(route: Route) -> None:
        sent.append(route.request.url.rpartition("/")[2])
        if sent == ["0", "1"]:
            route.abort()
        elif sent[-1] == "2" and len(sent) < 5:
            pass  # never answered: the page is reloaded
        else:
            route.continue_()

    page.route("**/slices/*", fail_second)
    page.goto("/transfer/")
    with page.expect_request("**/slices/2"):
        choose(page, export)
        expect(page.get_by_text("Uploading data.zip…")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_text("An upload isn't complete.")).to_be_visible()
    assert sent[:4] == ["0", "1", "1", "2"]

    sent += ["-"] * 2
    page.get_by_label("Choose files").focus()
    choose(page, export)
    expect(page.get_by_text("3 new chats")).to_be_visible(timeout=30_000)
    assert sent[6:] == ["2"]
    page.get_by_text("Remove this import").click()
    page.get_by_role("button", name="Move to the trash").click()
    expect(page.get_by_text("This import was removed.")).to_be_visible()


def test_files_are_dropped_and_what_is_wrong_is_explained(chat: Chat, tmp_path: Path) -> None:
    page = chat.page
    listed = written(tmp_path, "export.json", {"total_files": 1, "data_files": []})
    # The chat of today is at the top of the list, however many other tests have begun.
    gpt = written(tmp_path, "gpt.json", [chatgpt("dropped") | {"update_time": time.time()}])
    page.goto("/transfer/")
    choose(page, listed, gpt)

    expect(page.get_by_text("only lists downloads; choose conversations-000.zip")).to_be_visible(
        timeout=30_000
    )
    expect(page.get_by_text("1 new chat", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Problems")).to_be_visible()
    page.get_by_role("link", name="Show your chats").click()
    list_of_chats = page.get_by_role("navigation", name="Conversations")
    expect(list_of_chats.get_by_role("link", name="Chat dropped")).to_be_visible()
