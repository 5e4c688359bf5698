"""Replies that an older version rendered are shown and saved as today's rules render them."""

from unittest.mock import patch

import pytest
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet

from chatapp.accounts.models import Person
from chatapp.conversations.history import message_page
from chatapp.conversations.models import Conversation, Exchange, Message, add_exchange
from chatapp.rendering import VERSION
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def exchange(owner: Person) -> Exchange:
    exchange = add_exchange(owner, new_message())
    complete(exchange.reply, "**Attention**")
    return exchange


def shown(conversation: Conversation) -> str:
    return str(message_page(conversation).messages[-1].shown_html)


def set_stored(reply: Message, **values: object) -> None:
    Message.objects.filter(pk=reply.pk).update(**values)


def test_old_html_is_renewed_once(exchange: Exchange) -> None:
    set_stored(exchange.reply, html="old", html_version=VERSION - 1)

    html = shown(exchange.conversation)

    assert "<strong>Attention</strong>" in html
    row = Message.objects.get(pk=exchange.reply.pk)
    assert (row.html, row.html_version) == (html, VERSION)
    with patch("chatapp.conversations.stored_html.render_document") as render:
        assert shown(exchange.conversation) == html
    render.assert_not_called()


def test_html_of_a_newer_version_stays_in_the_database(exchange: Exchange) -> None:
    set_stored(exchange.reply, html="newer", html_version=VERSION + 1)

    assert "<strong>Attention</strong>" in shown(exchange.conversation)

    assert Message.objects.get(pk=exchange.reply.pk).html == "newer"


def test_a_reply_that_may_go_on_is_left_alone(exchange: Exchange) -> None:
    set_stored(exchange.reply, status=Message.Status.WAITING, html="", html_version=0)

    assert "<strong>Attention</strong>" in shown(exchange.conversation)

    assert Message.objects.get(pk=exchange.reply.pk).html_version == 0


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_a_database_that_refuses_to_write_still_shows_the_page(
    exchange: Exchange, error: type[Exception]
) -> None:
    set_stored(exchange.reply, html="old", html_version=VERSION - 1)

    with patch.object(QuerySet, "bulk_update", side_effect=error("full")):
        assert "<strong>Attention</strong>" in shown(exchange.conversation)
