"""/storage/, and what frees space again."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import AsyncClient, Client
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import housekeeping, removal
from chatapp.conversations.models import Conversation, Exchange
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage
from tests.documents.kit import stored
from tests.support.replies import ended


def keep(person: Person, content: bytes = b"x" * 2_048) -> Image:
    prepared = PreparedImage(
        content,
        "image/png",
        1,
        1,
        str(person.pk.int).zfill(64)[:64],
        "a.png",
        thumbnail=b"",
        thumbnail_type="",
        thumbnail_width=0,
        thumbnail_height=0,
        animated=False,
    )
    return Image.objects.store(person, prepared)


def test_a_member_sees_only_their_own_space(
    member_client: Client, owner: Person, member: Person
) -> None:
    keep(owner)
    keep(member)

    page = member_client.get("/storage/").content.decode()

    assert "2.0\xa0KB of 200.0\xa0MB" in page
    assert owner.email not in page
    assert "All images" not in page


def test_the_owner_sees_the_space_of_everybody(owner_client: Client, member: Person) -> None:
    keep(member)

    page = owner_client.get("/storage/").content.decode()

    assert "All images" in page
    assert member.email in page
    assert "2.0\xa0KB, 1 image" in page


def test_documents_take_space_of_their_own(
    owner_client: Client, owner: Person, member: Person
) -> None:
    stored(owner, "x" * 1_024)
    stored(member, "x" * 2_048)

    page = owner_client.get("/storage/").content.decode()

    assert "Your documents" in page
    assert "2.0\xa0KB of 100.0\xa0MB" in page  # the file and its text
    assert "6.0\xa0KB of 250.0\xa0MB" in page
    assert "4.0\xa0KB, 1 document" in page.replace("\n", " ")


def test_a_stranger_must_sign_in(stranger_client: Client, owner: Person) -> None:
    assert stranger_client.get("/storage/").status_code == HTTPStatus.FOUND


def test_the_page_only_accepts_get(owner_client: Client) -> None:
    assert owner_client.post("/storage/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.django_db(transaction=True)
async def test_deleting_a_conversation_frees_its_space(
    async_owner_client: AsyncClient, owner: Person, exchange: Exchange
) -> None:
    def attach() -> None:
        image = keep(owner)
        exchange.message.attachments.create(position=0, image=image)
        Image.objects.update(keep_until=timezone.now() - timedelta(days=1))

    await background.in_thread(attach)

    await async_owner_client.post(f"/c/{exchange.conversation.pk}/deletion")
    assert (await background.in_thread(Image.objects.usage, owner)).used == 2_048
    await async_owner_client.post(f"/c/{exchange.conversation.pk}/removal")

    await ended([removal.TASK])
    assert not await Conversation.objects.aexists()
    assert not await Image.objects.aexists()


@pytest.mark.django_db(transaction=True)
async def test_uploads_that_are_never_sent_are_deleted_while_the_server_runs(owner: Person) -> None:
    def forget() -> None:
        keep(owner)
        Image.objects.update(keep_until=timezone.now() - timedelta(days=1))

    await background.in_thread(forget)
    await background.in_thread(housekeeping._collect)

    assert not await Image.objects.aexists()
