"""Pages in replies link to the documents of their branch."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.models import Person
from chatapp.conversations.history import message_page
from chatapp.conversations.message_html import message_html
from chatapp.conversations.models import Conversation, Message, add_exchange
from tests.documents.kit import attach, made_of
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db


def replied(owner: Person, text: str, conversation: Conversation | None = None) -> Message:
    added = add_exchange(owner, new_message(conversation=conversation and conversation.pk))
    complete(added.reply, text)
    return Message.objects.select_related("conversation", "parent").get(pk=added.reply.pk)


def test_a_page_of_a_document_before_the_reply_is_a_link(owner: Person) -> None:
    first = replied(owner, "See p. 1.")
    assert "See p. 1." in message_html(first)
    assert first.parent
    document = made_of(owner, "One.", "Two.")
    attach(first.parent, document)
    second = replied(owner, "See p. 2 and p. 3.", first.conversation)
    link = (
        f'<a href="/documents/{document.pk}/?page=2#page-2" target="_blank" rel="noopener">p. 2</a>'
    )

    page = message_page(first.conversation)

    assert f"See {link} and p. 3." in message_html(second)
    assert f"See {link} and p. 3." in message_html(page.messages[-1])
    assert "p. 2</a>" not in Message.objects.get(pk=second.pk).html


def test_a_running_reply_has_no_links_yet(owner: Person) -> None:
    reply = replied(owner, "See p. 1.")
    assert reply.parent
    attach(reply.parent, made_of(owner, "One."))
    reply.status = Message.Status.STREAMING

    assert "?page=1#page-1" not in message_html(reply)


def test_documents_are_looked_up_only_for_replies_that_name_pages(owner: Person) -> None:
    plain = replied(owner, "Herons wait.")
    for text in ("Egrets.", "Storks."):
        replied(owner, text, plain.conversation)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            for message in message_page(plain.conversation).messages:
                message_html(message)
        return len(captured)

    before = queries()
    Message.objects.filter(role="assistant").update(text="p. 1", html="<p>p. 1</p>")
    assert queries() == before + 1
