"""A link to a message leads to a page that has it, however far it is from the end."""

import pytest
from django.test import Client

from chatapp.conversations.history import MESSAGES_PER_PAGE
from chatapp.conversations.models import Exchange
from tests.search.helpers import said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("later", [0, 1, MESSAGES_PER_PAGE // 2, MESSAGES_PER_PAGE])
def test_the_page_of_a_link_has_the_message(
    owner_client: Client, exchange: Exchange, later: int
) -> None:
    chat = exchange.conversation
    for _ in range(later):
        said(chat.owner, "More", conversation=chat.pk)

    answer = owner_client.get(f"/c/{chat.pk}/?message={exchange.reply.pk}", follow=True)

    assert answer.redirect_chain[0][0].endswith(f"#message-{exchange.reply.pk}")
    assert f'id="message-{exchange.reply.pk}"' in answer.content.decode()
