"""POST /documents/: a file becomes an image or a document by its content; others' are not found."""

import io
import uuid
from http import HTTPStatus
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from PIL import Image as Pillow
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.chat import attached_files
from chatapp.conversations.models import Attachment, Draft, Exchange, Message
from chatapp.documents.models import Document
from chatapp.documents.worker import protocol
from chatapp.documents.worker.pages import Reason, Refused
from tests.chat.drafts import fields, image_of, kept, post
from tests.documents.kit import stored
from tests.documents.phrases import FILES

pytestmark = pytest.mark.django_db(transaction=True)
JSON = {"accept": "application/json"}
HOSTILE = "../../<img src=x onerror=alert(1)>\u202egnp.\"'.pdf"


def png() -> bytes:
    content = io.BytesIO()
    Pillow.new("RGB", (40, 30), "teal").save(content, "PNG")
    return content.getvalue()


def file(name: str, content: bytes | None = None) -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content or (FILES / name).read_bytes())}


async def test_a_document_is_stored_and_the_answer_describes_it(
    async_owner_client: AsyncClient,
) -> None:
    response = await async_owner_client.post("/documents/", file("book.pdf"))

    assert response.status_code == HTTPStatus.CREATED
    answer = response.json()
    document = await Document.objects.aget()
    assert answer["id"] == f"document/{document.pk}"
    assert (answer["kind"], answer["name"]) == ("document", "book.pdf")
    assert answer["url"] == f"/documents/{document.pk}/"
    assert answer["tokens"] == document.tokens > 100
    assert answer["note"].startswith(f"PDF, {document.page_count} pages, about ")
    assert f'href="{answer["url"]}"' in answer["html"]
    assert "pages" in answer["html"]
    again = await async_owner_client.post("/documents/", file("book.pdf"))
    assert again.json()["id"] == answer["id"]


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("scan.pdf", png(), "image"),
        ("photo.jpg", (FILES / "two.pdf").read_bytes(), "document"),
        ("photo.heic", (FILES / "data.xlsx").read_bytes(), "document"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "document"),
        ("notes.bmp", b"BMW made more cars than in any other year.", "document"),
        ("no ending", b"GIF89a is the format of 1989.", "document"),
    ],
)
async def test_the_content_decides_and_not_the_name(
    async_owner_client: AsyncClient, name: str, content: bytes, kind: str
) -> None:
    answer = (await async_owner_client.post("/documents/", file(name, content))).json()

    assert (answer["kind"], answer["name"]) == (kind, name)
    assert ("thumbnail" in answer) == (kind == "image")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b" \n", "This file is empty."),
        (bytes(range(256)) * 9, "Send an image, a PDF"),
        (b"\xff\xd8\xff\xe0 and no more", "damaged"),
        ((FILES / "encrypted_locked.pdf").read_bytes(), "protected by a password"),
        ((FILES / "report.doc").read_bytes(), "old Office file"),
        (None, "We didn't receive a file."),
    ],
)
async def test_what_cant_be_read_gets_a_sentence(
    async_owner_client: AsyncClient, content: bytes | None, sentence: str
) -> None:
    given = {} if content is None else file("a.pdf", content)

    response = await async_owner_client.post("/documents/", given)

    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in response.json()["error"]
    assert not await Document.objects.aexists()


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (Reason.NO_WORKER, HTTPStatus.SERVICE_UNAVAILABLE),
        (Reason.MEMORY, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (Reason.BOMB, HTTPStatus.UNPROCESSABLE_ENTITY),
        (Reason.TIME, HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
)
async def test_the_status_says_whether_another_try_may_help(
    async_owner_client: AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    reason: Reason,
    status: HTTPStatus,
) -> None:
    async def refuse(source: object) -> None:
        raise Refused(reason)

    monkeypatch.setattr(attached_files.worker_process, "read", refuse)

    assert (await async_owner_client.post("/documents/", file("two.pdf"))).status_code == status


async def test_a_file_that_is_too_large_gets_413(
    async_owner_client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MAX_FILE_BYTES", 1024)

    response = await async_owner_client.post("/documents/", file("two.pdf"))

    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert "too large" in response.json()["error"]


@pytest.mark.parametrize("quota", ["PERSON", "TOTAL"])
async def test_a_full_quota_gets_507(
    async_owner_client: AsyncClient, settings: Settings, quota: str
) -> None:
    setattr(settings, f"DOCUMENT_QUOTA_{quota}_MB", 0)

    response = await async_owner_client.post("/documents/", file("two.pdf"))

    assert response.status_code == HTTPStatus.INSUFFICIENT_STORAGE
    assert "enough space" in response.json()["error"]


async def test_a_hostile_name_is_only_text(async_owner_client: AsyncClient) -> None:
    upload = file("two.pdf")
    upload["file"]._name = HOSTILE  # what Django takes away is sent by other clients

    answer = (await async_owner_client.post("/documents/", upload)).json()

    assert "\u202e" not in answer["name"]
    assert "/" not in answer["name"]
    assert "<img" not in answer["html"]


def test_who_is_signed_in_uploads_and_only_by_post(
    owner_client: Client, stranger_client: Client
) -> None:
    assert stranger_client.post("/documents/", file("two.pdf")).status_code == HTTPStatus.FOUND
    assert owner_client.get("/documents/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_document_is_its_owners_alone(
    owner_client: Client, member_client: Client, stranger_client: Client, owner: Person
) -> None:
    url = f"/documents/{stored(owner, 'A page.').pk}/"

    assert owner_client.get(url, headers=JSON).status_code == HTTPStatus.OK
    assert member_client.get(url, headers=JSON).status_code == HTTPStatus.NOT_FOUND
    assert stranger_client.get(url, headers=JSON).status_code == HTTPStatus.UNAUTHORIZED


def test_a_draft_keeps_documents_in_their_order_and_drops_those_of_others(
    owner_client: Client, owner: Person, member: Person
) -> None:
    document, image, others = stored(owner, "One."), image_of(owner), stored(member, "Two.")
    names = [f"document/{document.pk}", str(image.pk), f"document/{others.pk}", "document/x"]

    post(owner_client, fields(image=names))

    assert [each.source for each in Draft.objects.get().attachments.all()] == names[:2]
    chips = kept(owner_client)["images"]
    assert f'value="document/{document.pk}"' in chips
    assert 'data-kind="document"' in chips
    assert "PDF, 1 page, about" in chips
    assert "a.pdf" in owner_client.get("/").content.decode()


@pytest.mark.usefixtures("no_reply")
@pytest.mark.parametrize("stays", [True, False])
def test_an_edited_message_keeps_or_loses_its_document(
    owner_client: Client, owner: Person, exchange: Exchange, stays: bool
) -> None:
    document = stored(owner, "A page.")
    Attachment.objects.create(message=exchange.message, document=document, position=0, pages="1")
    path = f"/c/{exchange.conversation.pk}/messages/{exchange.message.pk}/edit"
    assert f"document/{document.pk}" in owner_client.get(path).content.decode()
    assert 'data-kind="document"' in owner_client.get(path, headers=JSON).content.decode()
    form = {"client_id": uuid.uuid4(), "text": "Edited", "parent": exchange.reply.pk}
    if stays:
        form["document"] = f"document/{document.pk}"

    assert owner_client.post(path, form, headers=JSON).status_code == HTTPStatus.CREATED

    edited = Message.objects.get(client_id=form["client_id"])
    assert [each.document for each in edited.attachments.all()] == [document] * stays


def test_the_page_of_a_chat_shows_a_document_as_a_card(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    document = stored(owner, "One.", "Two.", name="plan.pdf")
    Attachment.objects.create(message=exchange.message, document=document, position=0, pages="1-2")

    page = owner_client.get(f"/c/{exchange.conversation.pk}/").content.decode()

    assert 'data-part="document"' in page
    assert f'href="/documents/{document.pk}/"' in page
    assert "PDF, 2 pages" in page
