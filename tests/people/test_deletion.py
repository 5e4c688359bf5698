"""Deleting somebody: gone at once, back for 30 days, then removed with all that was theirs."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chatapp import background
from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.conversations.models import Conversation, Defaults, Draft, trash
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.images.store import StoreUnavailable
from chatapp.jobs.models import Job
from chatapp.people import removal
from chatapp.search import backfill
from chatapp.search.models import DocumentEntry, SearchEntry, StaleConversation
from chatapp.sharing.models import Share
from chatapp.spending.models import ModelCall
from chatapp.transfer.models import Import, UploadedSlice
from tests.people.kit import delete_long_ago, everything_of, removed
from tests.projects.kit import project_of, shared_with
from tests.support.people import PASSWORD
from tests.support.replies import MODEL

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_deleted_person_is_gone_and_can_be_restored(
    owner_client: Client, member_client: Client, member: Person
) -> None:
    share = everything_of(member)
    page = f"/people/{member.pk}/"
    question = " ".join(owner_client.get(f"{page}deletion").text.split())
    assert "1 chat with 1 document and 2 images go" in question

    assert owner_client.post(f"{page}deletion")["Location"] == f"{page}?note=deleted"

    assert member_client.get("/").status_code == HTTPStatus.FOUND
    assert Client().get(f"/s/{share.token}/").status_code == HTTPStatus.NOT_FOUND
    shown = owner_client.get(page).text
    assert "30 more days" in shown
    assert f"{page}role" not in shown
    # Nothing but restoring is done to somebody who was deleted.
    assert owner_client.post(f"{page}role", {"role": "admin"})["Location"].endswith("unchanged")
    assert owner_client.post(f"{page}reactivation")["Location"].endswith("unchanged")

    assert owner_client.post(f"{page}restoration")["Location"] == f"{page}?note=restored"

    member.refresh_from_db()
    assert (member.is_active, member.deleted_at, member.role) == (True, None, "member")
    assert Client().get(f"/s/{share.token}/").status_code == HTTPStatus.OK
    assert member_client.get("/").status_code == HTTPStatus.FOUND  # the session has ended
    actions = Entry.objects.order_by("pk").values_list("action", flat=True)
    assert list(actions) == [Action.PERSON_DELETED, Action.PERSON_RESTORED]


def test_the_question_counts_the_projects_that_others_lose(
    owner_client: Client, owner: Person, member: Person, member_client: Client
) -> None:
    for number in range(3):
        project = project_of(member, f"Project {number}")
        if number:
            shared_with(project, owner)
    member_client.post("/account/reauthenticate/", {"password": PASSWORD})

    pages = [
        owner_client.get(f"/people/{member.pk}/deletion").text,
        member_client.get("/account/deletion/").text,
    ]

    for page in pages:
        assert "Others lose 2 projects that are shared with them" in " ".join(page.split())


def test_whoever_was_deactivated_before_is_so_again(owner: Person, member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(is_active=False)  # by hand, without a date
    assert membership.delete(member)
    assert membership.restore(member)

    assert not member.is_active
    assert membership.reactivate(member)


def test_after_thirty_days_nothing_is_restored(owner_client: Client, member: Person) -> None:
    delete_long_ago(member)

    answer = owner_client.post(f"/people/{member.pk}/restoration")

    assert answer["Location"].endswith("?note=unchanged")
    assert "is being removed" in owner_client.get(f"/people/{member.pk}/").text


def test_nobody_is_removed_who_can_be_restored(owner: Person, member: Person) -> None:
    assert membership.delete(member)
    just_restorable = timezone.now() - membership.KEPT - timedelta(minutes=1)
    Person.objects.filter(pk=member.pk).update(deleted_at=just_restorable)

    assert removal._due() == []
    assert not membership.restore(member)


def index(person: Person, at_most: int = 100) -> None:
    """Bring what the search index has of a person into step."""
    own = Conversation.objects.filter(owner=person)
    StaleConversation.objects.mark(own.values_list("pk", flat=True))
    for _batch in range(at_most):
        if not backfill.renew_stale():
            return


def test_everything_is_removed_in_pieces(
    owner: Person, member: Person, member_client: Client
) -> None:
    everything_of(member)
    kept = Conversation.objects.create(owner=owner, model=MODEL)
    index(member)
    assert SearchEntry.objects.exists()
    assert DocumentEntry.objects.exists()
    Entry.objects.record(Action.SHARED, member)
    delete_long_ago(member)
    assert removal._due() == [member]

    removed(member)

    assert list(Person.objects.all()) == [owner]
    assert list(Conversation.objects.all()) == [kept]
    gone = (Image, Document, Draft, Share, Job, Import, UploadedSlice, Session, Defaults)
    for model in (*gone, SearchEntry, DocumentEntry):
        assert not model.objects.exists(), model
    assert ModelCall.objects.get().person is None
    entry = Entry.objects.get()
    assert (entry.actor, entry.actor_email) == (None, member.email)


def test_a_person_with_a_full_trash_is_removed(owner: Person, member: Person) -> None:
    everything_of(member)
    trash.trash(Conversation.objects.get())
    delete_long_ago(member)

    removed(member)

    assert not Conversation.objects.exists()


async def test_a_person_who_cannot_be_removed_now_keeps_nobody_waiting(
    owner: Person, member: Person, guest: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove_piece = removal.remove_piece

    def refuse(person: Person) -> bool:
        if person == member:
            raise StoreUnavailable
        return remove_piece(person)

    monkeypatch.setattr(removal, "remove_piece", refuse)
    for person in (member, guest):
        await background.in_thread(delete_long_ago, person)

    for person in await background.in_thread(removal._due):
        await removal._attempt(person)

    left = {pk async for pk in Person.objects.values_list("pk", flat=True)}
    assert left == {owner.pk, member.pk}


def test_a_removal_continues_where_it_stopped(owner: Person, member: Person) -> None:
    everything_of(member)
    delete_long_ago(member)
    for _piece in range(4):
        assert removal.remove_piece(member)

    removed(Person.objects.get(pk=member.pk))

    assert list(Person.objects.all()) == [owner]


def test_the_owner_is_never_deleted(owner: Person, owner_client: Client) -> None:
    assert owner_client.post(f"/people/{owner.pk}/deletion").status_code == HTTPStatus.NOT_FOUND
    assert not membership.delete(owner)
