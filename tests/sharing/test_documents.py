"""A share names documents, and gives nobody what is in them."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation, Exchange
from chatapp.sharing.publishing import publish
from tests.documents.kit import attach, made_of
from tests.sharing.conftest import CHOICES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def url(owner: Person, exchange: Exchange) -> str:
    document = made_of(owner, "A secret heron.", "B.", name="<i>plan</i>.pdf")
    attach(exchange.message, document)
    exchange.reply.refresh_from_db()
    return reverse("shared", args=[publish(exchange.conversation, CHOICES).token])


def test_the_page_names_a_document_without_its_text_or_a_link(
    member_client: Client, exchange: Exchange, url: str
) -> None:
    page = member_client.get(url).text

    assert "&lt;i&gt;plan&lt;/i&gt;.pdf (PDF, 2 pages) was attached." in page
    assert "heron" not in page
    assert "/documents/" not in page


def test_a_copy_keeps_the_name_only(member_client: Client, member: Person, url: str) -> None:
    new = uuid.uuid4()
    member_client.post(f"{url}continue", {"conversation": str(new)})

    copy = Conversation.objects.get(pk=new)

    message = copy.branch.get(position=0)
    assert copy.owner == member
    note = "[<i>plan</i>.pdf was attached here. It isn't part of this copy.]"
    assert message.text.endswith(f"\n\n{note}")
    assert not Attachment.objects.filter(message__conversation=copy).exists()


def test_a_branch_in_a_new_chat_has_the_document(
    owner_client: Client, exchange: Exchange, owner: Person
) -> None:
    document = made_of(owner, "A.", "B.")
    attach(exchange.message, document, [2])
    new = uuid.uuid4()
    path = f"/c/{exchange.conversation.pk}/messages/{exchange.reply.pk}/branch"
    type(exchange.reply).objects.filter(pk=exchange.reply.pk).update(status="complete")

    owner_client.post(path, {"conversation": str(new)})

    copied = Attachment.objects.get(message__conversation=new)
    assert (copied.document, copied.pages) == (document, "2")
