"""Every URL of sharing: who may, who finds nothing, who must sign in."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations import removal
from chatapp.conversations.models import Conversation
from chatapp.sharing.models import Share, Snapshot
from tests.sharing.conftest import change

pytestmark = pytest.mark.django_db(transaction=True)

OK, FOUND, SEE_OTHER = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER
NOT_FOUND = HTTPStatus.NOT_FOUND
NEW = str(uuid.uuid4())
# Method, path, and what its author gets; a member finds nothing, a stranger must sign in.
AUTHORS = [
    ("GET", "/c/{chat}/share", OK),
    ("POST", "/c/{chat}/share", SEE_OTHER),
    ("POST", "/c/{chat}/share/snapshot", SEE_OTHER),
    ("POST", "/shares/{share}/revocation", SEE_OTHER),
]
# What anybody with the link gets, and what somebody who is signed out gets.
READERS = [
    ("GET", "/s/{token}/", OK, OK),
    ("HEAD", "/s/{token}/", OK, OK),
    ("POST", "/s/{token}/password", SEE_OTHER, SEE_OTHER),
    ("GET", "/s/{token}/images/1", OK, OK),
    ("GET", "/s/{token}/images/2/thumbnail", OK, OK),
    ("GET", "/s/{token}/continue", OK, FOUND),
    ("POST", "/s/{token}/continue", SEE_OTHER, FOUND),
]
PUBLIC = [(method, path) for method, path, *_ in READERS if "continue" not in path]


def ask(client: Client, share: Share, method: str, path: str) -> Any:
    values = {"chat": share.conversation_id, "share": share.pk, "token": share.token}
    call = getattr(client, method.lower())
    fields = {"conversation": NEW} if method == "POST" else None
    return call(path.format(**values), fields)


@pytest.mark.parametrize(("method", "path", "status"), AUTHORS)
def test_only_the_author_changes_a_share(
    owner_client: Client,
    member_client: Client,
    stranger_client: Client,
    share: Share,
    method: str,
    path: str,
    status: HTTPStatus,
) -> None:
    assert ask(member_client, share, method, path).status_code == NOT_FOUND
    refused = ask(stranger_client, share, method, path)
    assert refused.status_code == FOUND
    assert refused["Location"].startswith("/account/sign-in/")
    assert ask(owner_client, share, method, path).status_code == status


@pytest.mark.parametrize(("method", "path", "status", "signed_out"), READERS)
def test_everybody_with_the_link_reads_it(
    owner_client: Client,
    member_client: Client,
    stranger_client: Client,
    share: Share,
    method: str,
    path: str,
    status: HTTPStatus,
    signed_out: HTTPStatus,
) -> None:
    assert ask(stranger_client, share, method, path).status_code == signed_out
    assert ask(member_client, share, method, path).status_code == status


@pytest.mark.parametrize("path", ["/s/{token}/", "/s/{token}/images/1"])
def test_reading_takes_no_post(stranger_client: Client, share: Share, path: str) -> None:
    assert ask(stranger_client, share, "POST", path).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def ended(share: Share) -> None:
    change(share, ends_at=timezone.now() - timedelta(seconds=1))


def trashed(share: Share) -> None:
    Conversation.objects.filter(pk=share.conversation_id).update(trashed_at=timezone.now())


def deleted(share: Share) -> None:
    removal.delete(share.conversation)
    assert not Share.objects.exists()
    assert not Snapshot.objects.exists()


def revoked(share: Share) -> None:
    Share.objects.all().delete()


def deactivated(share: Share) -> None:
    Person.objects.filter(conversations=share.conversation_id).update(is_active=False)


def guessed(share: Share) -> None:
    share.token = "A" * len(share.token)


def too_short(share: Share) -> None:
    share.token = share.token[:-1]


WAYS = [ended, trashed, deleted, revoked, deactivated, guessed, too_short]


@pytest.mark.parametrize("close", WAYS)
def test_what_is_not_open_is_not_found_and_names_nothing(
    stranger_client: Client, member_client: Client, share: Share, close: Callable[[Share], None]
) -> None:
    unknown = stranger_client.get("/s/" + "B" * 24 + "/").content
    close(share)

    for method, path in PUBLIC:
        answer = ask(stranger_client, share, method, path)
        assert answer.status_code == NOT_FOUND
        if method != "HEAD":
            assert answer.content == unknown
    for method in ("GET", "POST"):
        assert ask(member_client, share, method, "/s/{token}/continue").status_code == NOT_FOUND


def test_a_chat_from_the_trash_is_shared_again(stranger_client: Client, share: Share) -> None:
    trashed(share)
    Conversation.objects.update(trashed_at=None)

    assert ask(stranger_client, share, "GET", "/s/{token}/").status_code == OK


def test_an_instance_without_sharing_has_none_of_it(
    owner_client: Client, share: Share, settings: Settings
) -> None:
    chat = f"/c/{share.conversation_id}/"
    assert "data-share" in owner_client.get(chat).text
    settings.SHARING = False

    for method, path, *_ in [*AUTHORS, *READERS, ("GET", "/shares/")]:
        assert ask(owner_client, share, method, path).status_code == NOT_FOUND
    page = owner_client.get(chat).text
    assert "data-share" not in page
    assert "/shares/" not in page
