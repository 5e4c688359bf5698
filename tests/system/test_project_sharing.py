"""A project is shared with somebody who chats in it, and access ends while their pages are open."""

import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.people import MEMBER
from tests.system.app import App
from tests.system.conftest import PHONE, Chat
from tests.system.people import sign_in_afresh

pytestmark = pytest.mark.long

ADD_PROJECT = """
    INSERT INTO projects_project (id, owner_id, name, model, instructions, thinking, tool_choices,
    created_at) SELECT :id, id, 'Herons', '', '', '', '{}', date_joined
    FROM accounts_person WHERE is_owner
"""
MOVE_IN = "UPDATE conversations_conversation SET project_id = :project WHERE id = :id"
WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def project(app: App) -> uuid.UUID:
    id_ = uuid.uuid4()
    app.execute(ADD_PROJECT, id=id_.hex)
    return id_


@pytest.fixture
def reader(browser: Browser, app: App, member: str) -> Iterator[Page]:
    """The phone of somebody else, who is signed in."""
    context = browser.new_context(base_url=app.url, **PHONE)
    page = context.new_page()
    sign_in_afresh(page, member)
    yield page
    context.close()


def project_of(app: App, chat: str) -> str | None:
    path = app.environment["DATABASE_URL"].removeprefix("sqlite:///")
    query = "SELECT project_id FROM conversations_conversation WHERE id = ?"
    with closing(sqlite3.connect(path, timeout=20)) as database:
        found: str | None = database.execute(query, [chat]).fetchone()[0]
        return found


def test_a_member_chats_in_a_shared_project_until_access_ends(
    page: Page, reader: Page, app: App, project: uuid.UUID
) -> None:
    address = f"/projects/{project}"
    page.goto(f"{address}/members/")
    page.get_by_label("Person").select_option(label=MEMBER)
    page.get_by_label("Access", exact=True).select_option(label="Can chat")
    page.get_by_role("button", name="Share project").press("Enter")
    expect(page.get_by_role("status")).to_have_text(f"{MEMBER} can chat in this project.")

    reader.goto(f"{address}/leaving/")
    expect(reader.get_by_role("heading", name="Leave Herons?")).to_be_visible()
    assert reader.evaluate(WIDTH) <= PHONE["viewport"]["width"]
    chat = Chat(reader).open()
    chat.box.fill("/echo inside")
    chat.send_button.tap()
    expect(chat.replies).to_have_attribute("data-status", "complete")
    id_ = reader.url.rstrip("/").rpartition("/")[2].replace("-", "")
    app.execute(MOVE_IN, id=id_, project=project.hex)

    # The open page asks for its list again, and the chat in it goes on outside of the project.
    with reader.expect_response(re.compile(r"/conversations\?current=")):
        page.get_by_role("button", name=f"Remove {MEMBER}").click()
    expect(page.get_by_role("status")).to_have_text("Access was removed.")
    assert project_of(app, id_) is None
    chat.box.fill("/echo outside")
    chat.send_button.tap()
    expect(chat.replies).to_have_count(2)
    expect(chat.replies.last).to_have_attribute("data-status", "complete")
    for path in ("/leaving/", "/members/"):
        answer = reader.goto(address + path)
        assert answer
        assert answer.status == 404
