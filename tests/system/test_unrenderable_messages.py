"""A conversation with rows that can't be rendered stays usable."""

import re
import sqlite3
from contextlib import closing

from playwright.sync_api import expect

from tests.system.app import App
from tests.system.conftest import Chat

SENTENCE = "This message can't be shown with its formatting, so you see its plain text."
PART = "This part of the message can't be shown."
HALF = r'{"expression":"\ud83d"}'  # as a model sent it, and as earlier versions stored it


def spoil(app: App, conversation: str) -> None:
    """Columns of another shape than any version wrote, and a call with half a surrogate pair."""
    path = app.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=20)) as database, database:
        for role, column, value in (
            ("user", "changes", '{"model": ["no id"]}'),
            ("assistant", "notices", '{"images_refused": [1]}'),
        ):
            database.execute(
                f"UPDATE conversations_message SET {column} = ? WHERE role = ? AND"
                " conversation_id = ?",
                (value, role, conversation),
            )
        database.execute("UPDATE conversations_toolcall SET arguments = ?", (HALF,))


def test_a_conversation_with_unrenderable_messages_can_continue(chat: Chat, app: App) -> None:
    chat.ask('/tool calculate {"expression": "6*7"}')
    conversation = re.sub(r".*/c/([0-9a-f-]+)/.*", r"\1", chat.page.url).replace("-", "")
    spoil(app, conversation)

    answer = chat.page.reload()

    assert answer
    assert answer.status == 200
    question = chat.page.locator("article[data-role=user]")
    expect(question).to_contain_text(SENTENCE)
    expect(question.locator("[data-part=text]")).to_contain_text("/tool calculate")
    expect(chat.replies.locator("[data-slot=notices]")).to_contain_text(PART)
    tool_call = chat.replies.locator("[data-part=tool]")
    tool_call.locator("summary").click()
    expect(tool_call).to_contain_text("\ufffd")

    chat.ask("/echo and on")

    expect(chat.replies.last).to_contain_text("and on")
