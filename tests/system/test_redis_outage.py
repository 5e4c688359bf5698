"""When Redis returns, a page fetches the messages of other processes that it has missed."""

import re

import pytest
from playwright.sync_api import expect

from tests.system.app import App
from tests.system.conftest import Chat

# The server's sockets get no events from a command of manage.py.
ANSWER = """
import uuid
from chatapp.conversations.models import Conversation, NewMessage, Progress, Message, FinalState
from chatapp.conversations.models import add_exchange
conversation = Conversation.objects.get(pk="{}")
said = NewMessage(uuid.uuid4(), conversation.pk, conversation.chosen, "Said elsewhere")
reply = add_exchange(conversation.owner, said).reply
reply.begin()
reply.finish(FinalState(Message.Status.COMPLETE, Progress(text="Yes."), html="<p>Yes.</p>"))
"""


@pytest.mark.long
def test_a_page_fetches_what_it_missed_while_redis_was_away(chat: Chat, app: App) -> None:
    chat.ask("First")
    conversation = chat.page.url.rstrip("/").rsplit("/", 1)[-1]
    app.manage("shell", "-c", ANSWER.format(conversation))

    with chat.page.expect_response(re.compile("messages\\?after=")):
        chat.page.evaluate(
            "document.dispatchEvent(new CustomEvent('live:joined', { detail: { value: true } }))"
        )

    expect(chat.messages).to_have_count(2)
    expect(chat.messages.last).to_contain_text("Said elsewhere")
    expect(chat.replies.last).to_have_attribute("data-status", "complete")
