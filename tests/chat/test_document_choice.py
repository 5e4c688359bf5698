"""Choosing pages: /documents/choice, and the forms of a draft, a message and an edit."""

import uuid
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Draft, Exchange, document_choice
from chatapp.documents.models import Document
from chatapp.documents.sizes import TOKENS_AROUND
from chatapp.projects.models import ProjectFile
from chatapp.replies import generation
from tests.chat.drafts import fields, kept, post
from tests.documents.kit import attach, stored
from tests.projects.kit import project_of

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
PAGE = "word " * 400


@pytest.fixture(autouse=True)
def no_reply() -> Any:
    with patch.object(generation, "start") as start:
        yield start


@pytest.fixture
def book(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Document:
    """Return a document of nine pages in an instance that has room for five."""
    document = stored(owner, *[PAGE] * 9, name="book.pdf")
    room = 5 * document.pages.all()[0].tokens + TOKENS_AROUND
    monkeypatch.setattr(document_choice, "MAX_DOCUMENT_TOKENS", room)
    return document


def name(document: Document, pages: str = "") -> str:
    return f"document/{document.pk}" + (f"/{pages}" if pages else "")


def choices(client: Client, *names: str, **query: Any) -> Any:
    answer = client.get("/documents/choice", {"document": names, **query})
    assert answer.status_code == HTTPStatus.OK
    return answer.json()["documents"]


def choice(client: Client, *names: str, **query: Any) -> Any:
    [facts] = choices(client, *names, **query)
    return facts


def test_a_page_learns_what_goes_along(owner_client: Client, book: Document) -> None:
    first = choice(owner_client, name(book))
    assert (first["pages"], first["source"], first["is_cut"]) == ("1-5", name(book), True)
    assert (first["may_choose"], first["label"]) == (True, "Choose pages")

    chosen = choice(owner_client, name(book, "9,2-3"))
    assert (chosen["pages"], chosen["source"]) == ("2-3, 9", name(book, "2-3, 9"))
    assert chosen["tokens"] == first["tokens"] * 3 // 5
    assert "Pages 2–3, 9 of 9 go to the model" in chosen["note"]
    assert "p. 2–3, 9 of 9" in chosen["html"]
    assert not chosen["is_cut"]

    cut = choice(owner_client, name(book, "2-9"))
    assert (cut["pages"], cut["is_cut"]) == ("2-9", True)
    assert cut["summary"].startswith("Only 2–6 of these fit: 5 pages")
    assert "doesn't fit" in cut["note"]


def test_pages_that_cannot_be_read_get_a_sentence(owner_client: Client, book: Document) -> None:
    facts = choice(owner_client, name(book, "4-12"))

    assert facts["is_problem"]
    assert facts["summary"] == "There is no such range: 4-12. The last page is 9."
    assert facts["name"] == name(book, "4-12")


def test_documents_of_others_are_left_out_and_what_is_no_choice_is_not_found(
    owner_client: Client, member_client: Client, book: Document, exchange: Exchange
) -> None:
    assert choices(member_client, name(book), "nonsense", "document/x") == []
    for query in (
        {"conversation": exchange.conversation.pk},
        {"conversation": "x"},
        {"conversation": exchange.conversation.pk, "message": exchange.message.pk},
    ):
        answer = member_client.get("/documents/choice", {"document": name(book), **query})
        assert answer.status_code == HTTPStatus.NOT_FOUND
    query = {"conversation": exchange.conversation.pk, "message": uuid.uuid4()}
    assert owner_client.get("/documents/choice", query).status_code == HTTPStatus.NOT_FOUND
    assert owner_client.post("/documents/choice").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_earlier_messages_and_the_project_take_their_room(
    owner_client: Client, owner: Person, book: Document, exchange: Exchange
) -> None:
    short = stored(owner, PAGE, name="short.pdf")
    attach(exchange.message, short)
    Attachment.objects.update(document_tokens=short.tokens)
    here = {"conversation": exchange.conversation.pk}

    assert choice(owner_client, name(book), **here)["pages"] == "1-4"
    # An edit takes the place of its message.
    edited = here | {"message": exchange.message.pk}
    assert choice(owner_client, name(book), **edited)["pages"] == "1-5"
    project = project_of(owner)
    ProjectFile.objects.create(project=project, document=short)
    assert choice(owner_client, name(book), project=project.pk)["pages"] == "1-3"


def test_a_draft_keeps_the_choice(owner_client: Client, book: Document) -> None:
    written = fields("Look", image=name(book, "8, 2"))
    post(owner_client, written)

    chips = kept(owner_client)["images"]
    assert f'value="{name(book, "2, 8")}"' in chips
    assert "Pages 2, 8 of 9 go to the model" in chips
    attachment = Attachment.objects.get()
    assert attachment.document_tokens == attachment.tokens > 0

    post(owner_client, written | {"edit": 2, "image": name(book, "99")})
    assert Draft.objects.get().attachments.get().pages == ""  # the text and the file matter more
    assert f'value="{name(book)}"' in kept(owner_client)["images"]


def send(client: Client, url: str, **values: Any) -> Any:
    return client.post(url, {"client_id": uuid.uuid4(), **values}, headers=JSON)


def test_a_message_has_the_chosen_pages_and_so_has_its_edit(
    owner_client: Client, book: Document
) -> None:
    url = f"/c/{uuid.uuid4()}/messages"
    refused = send(owner_client, url, text="Look", document=name(book, "1-x"))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert refused.json()["error"] == "Write pages like this: 1-80, 95"

    sent = send(owner_client, url, text="Look", document=name(book, "2-3,9"))
    assert sent.status_code == HTTPStatus.CREATED
    assert "PDF, p. 2–3, 9 of 9" in sent.json()["messages"]
    attachment = Attachment.objects.get()
    assert attachment.pages == "2-3, 9"

    edit = f"{url}/{attachment.message_id}/edit"
    for form in (owner_client.get(edit), owner_client.get(edit, headers=JSON)):
        assert f'value="{name(book, "2-3, 9")}"' in form.text
        assert "2–3, 9 of 9" in form.text
    head = sent.json()["reply"]
    parts = {"text": "Look again", "parent": head, "stop": "on"}
    edited = send(owner_client, edit, document=name(book, "5"), **parts)
    assert "PDF, p. 5 of 9" in edited.json()["messages"]
    attachment.refresh_from_db()
    assert attachment.pages == "2-3, 9"
