"""What a draft stores, for whom, and what is refused."""

import logging
import uuid
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations import housekeeping
from chatapp.conversations.models import Attachment, Draft, Exchange, draft
from chatapp.images.models import Image
from tests.chat.drafts import fields, image_of, kept, path_of, post

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_text_over_the_limit_is_refused_with_a_sentence(owner_client: Client) -> None:
    limit = settings.MAX_MESSAGE_CHARACTERS
    assert post(owner_client, fields("🦩" * limit)).status_code == HTTPStatus.NO_CONTENT

    answer = post(owner_client, fields("x" * (limit + 1)))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "1,000,000" in answer.json()["error"]
    assert kept(owner_client)["text"] == "🦩" * limit


def test_the_drafts_of_a_person_are_bounded_in_bytes(
    owner_client: Client,
    member_client: Client,
    exchange: Exchange,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(draft, "MAX_BYTES", 10_000)
    long = fields("é" * 4_000)  # 8,000 bytes
    path = path_of(exchange)
    assert post(owner_client, long).status_code == HTTPStatus.NO_CONTENT

    refused = post(owner_client, fields("x" * 5_000), path)

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "too much space" in refused.json()["error"]
    assert kept(owner_client, path)["text"] == ""
    # The same draft may grow, a short one is always kept, and others have their own space.
    grown = long | {"text": "é" * 5_000, "edit": 2}
    assert post(owner_client, grown).status_code == HTTPStatus.NO_CONTENT
    assert post(owner_client, fields("short"), path).status_code == HTTPStatus.NO_CONTENT
    assert post(member_client, fields("x" * 9_000)).status_code == HTTPStatus.NO_CONTENT


def test_nul_is_removed_and_line_ends_are_normalised(owner_client: Client) -> None:
    post(owner_client, fields("one\0\r\ntwo"))

    assert kept(owner_client)["text"] == "one\ntwo"


@pytest.mark.parametrize("name", ["client_id", "tab", "edit"])
@pytest.mark.parametrize("value", ["", "x", "-1", "99999999999999999999"])
def test_an_invalid_draft_is_refused(owner_client: Client, name: str, value: str) -> None:
    answer = post(owner_client, fields() | {name: value})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"]
    assert not Draft.objects.exists()


def test_images_keep_their_order_and_unknown_ones_are_dropped(
    owner_client: Client, owner: Person, member: Person
) -> None:
    first, second, theirs = image_of(owner, "1"), image_of(owner, "2"), image_of(member, "3")
    link = "https://example.com/heron.png"
    images = [
        second.pk,
        theirs.pk,
        link,
        "https://127.0.0.1/x",
        "nonsense",
        first.pk,
        uuid.uuid4(),
    ]

    post(owner_client, fields(image=images))

    attached = [each.source for each in Attachment.objects.order_by("position")]
    assert attached == [str(second.pk), link, str(first.pk)]
    chips = kept(owner_client)["images"]
    assert f"/images/{second.pk}/thumbnail" in chips
    assert str(theirs.pk) not in chips


def test_images_can_be_changed_and_removed(owner_client: Client, owner: Person) -> None:
    first, second = image_of(owner, "1"), image_of(owner, "2")
    written = fields("", image=[first.pk])
    post(owner_client, written)
    post(owner_client, written | {"edit": 2, "image": [second.pk, second.pk]})
    assert [each.image for each in Attachment.objects.all()] == [second, second]

    post(owner_client, written | {"edit": 3, "image": []})

    assert not Draft.objects.exists()


def test_more_images_than_a_message_may_have_are_refused(
    owner_client: Client, owner: Person
) -> None:
    image = image_of(owner)

    answer = post(owner_client, fields(image=[image.pk] * (settings.MAX_IMAGES_PER_MESSAGE + 1)))

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "You can attach up to 10 images" in answer.json()["error"]


def test_images_of_a_draft_are_not_garbage_collected(owner_client: Client, owner: Person) -> None:
    written = fields(image=image_of(owner).pk)
    post(owner_client, written)
    Image.objects.update(keep_until=timezone.now() - timedelta(days=400))

    housekeeping._collect()
    assert Image.objects.exists()

    post(owner_client, written | {"edit": 2, "image": [], "text": ""})
    Image.objects.update(keep_until=timezone.now() - timedelta(days=400))
    housekeeping._collect()
    assert not Image.objects.exists()


def test_a_draft_is_deleted_with_its_conversation(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    post(owner_client, fields(image=image_of(owner).pk), path_of(exchange))

    exchange.conversation.delete()

    assert not Draft.objects.exists()
    assert not Attachment.objects.exists()


def test_each_person_has_their_own_draft(
    owner_client: Client, member_client: Client, stranger_client: Client
) -> None:
    post(owner_client, fields("of the owner"))

    assert kept(member_client)["text"] == ""
    client_id = kept(owner_client)["client_id"]
    post(member_client, fields("", client_id=client_id))
    refused = post(stranger_client, fields("", client_id=client_id))

    assert refused.status_code == HTTPStatus.FOUND  # to the page that signs in
    assert kept(owner_client)["text"] == "of the owner"


def test_a_form_from_another_site_is_refused(owner: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    assert post(client, fields()).status_code == HTTPStatus.FORBIDDEN


def test_other_methods_are_refused(owner_client: Client) -> None:
    assert owner_client.delete("/draft").status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_text_of_a_draft_is_never_logged(
    owner_client: Client, owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "a very private thought"

    for edit, text in enumerate((secret, secret + "x" * settings.MAX_MESSAGE_CHARACTERS, "")):
        post(owner_client, fields(text, edit=edit))

    own = [record for record in caplog.records if record.name != "django.db.backends"]
    assert not any(secret in record.getMessage() for record in own)
