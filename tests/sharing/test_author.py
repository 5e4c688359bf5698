"""The author's side: a link is made, changed, updated and revoked, with scripts and without."""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, add_exchange, deletion, trash
from chatapp.sharing import publishing, snapshots
from chatapp.sharing.models import Share
from tests.sharing.conftest import CHOICES
from tests.support.replies import complete, new_message

# Hashing a password gives the connection back, which ends the transaction of a test.
pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}


def post(client: Client, exchange: Exchange, fields: dict[str, Any] | None = None) -> Any:
    return client.post(f"/c/{exchange.conversation.pk}/share", fields, headers=JSON)


def test_a_link_is_made_once(owner_client: Client, exchange: Exchange) -> None:
    path = f"/c/{exchange.conversation.pk}/share"
    assert "Create link" in owner_client.get(path).text
    post(owner_client, exchange)
    answer = post(owner_client, exchange)

    share = Share.objects.get()
    assert f"http://testserver/s/{share.token}/" in answer.text
    assert len(share.token) == 24  # 144 bits
    assert share.token not in str(Share.objects.values().get())
    assert f"http://testserver/s/{share.token}/" in owner_client.get(path).text
    assert owner_client.post(path)["Location"] == path  # without a script


def test_two_clicks_at_once_make_one_link(exchange: Exchange) -> None:
    first = publishing.publish(exchange.conversation, CHOICES)
    with patch.object(publishing, "_change", return_value=None):  # it isn't there yet
        second = publishing.publish(exchange.conversation, CHOICES)

    assert second.pk == first.pk


@pytest.mark.parametrize("act", [trash.trash, deletion.delete, Conversation.delete])
def test_a_chat_that_is_deleted_meanwhile_gets_no_link(
    owner_client: Client, exchange: Exchange, act: Callable[[Conversation], object]
) -> None:
    def take(conversation: Conversation) -> Any:
        taken = snapshots.take_snapshot(conversation)
        act(Conversation.objects.get(pk=conversation.pk))
        return taken

    with patch.object(publishing, "take_snapshot", take):
        assert post(owner_client, exchange).status_code == HTTPStatus.NOT_FOUND
    assert not Share.objects.exists()


@pytest.mark.parametrize("days", [1, 7, 30])
def test_a_link_ends_when_it_should(owner_client: Client, exchange: Exchange, days: int) -> None:
    post(owner_client, exchange, {"ends": str(days)})

    left = Share.objects.get().ends_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)
    before = Share.objects.get().ends_at
    post(owner_client, exchange, {"ends": "keep"})
    assert Share.objects.get().ends_at == before
    post(owner_client, exchange, {"ends": ""})
    assert Share.objects.get().ends_at is None


def test_choices_are_stored_and_a_password_is_kept_until_it_is_removed(
    owner_client: Client, exchange: Exchange
) -> None:
    post(owner_client, exchange, {"password": "sesame", "author_name": " Ada  L. "})
    share = Share.objects.get()
    assert (share.with_images, share.with_thinking, share.author_name) == (False, False, "Ada L.")
    assert "sesame" not in share.password

    post(owner_client, exchange, {"with_thinking": "on"})
    assert Share.objects.get().password == share.password
    assert Share.objects.get().with_thinking

    post(owner_client, exchange, {"without_password": "on"})
    assert Share.objects.get().password == ""


@pytest.mark.parametrize(
    "fields", [{"ends": "2"}, {"password": "short"}, {"author_name": "x" * 81}]
)
def test_bad_input_is_refused_with_a_sentence(
    owner_client: Client, exchange: Exchange, fields: dict[str, str]
) -> None:
    answer = post(owner_client, exchange, fields)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer.json()["error"]

    page = owner_client.post(f"/c/{exchange.conversation.pk}/share", fields)
    assert page.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert next(iter(fields.values())) in page.text  # what was typed is kept
    assert not Share.objects.exists()


def test_a_reply_that_runs_is_not_shared(owner_client: Client, running: Exchange) -> None:
    answer = post(owner_client, running)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "no finished reply" in answer.json()["error"]

    complete(running.reply)
    add_exchange(running.conversation.owner, new_message("More", running.conversation.pk))
    post(owner_client, running)
    assert Share.objects.get().message_count == 2


def test_what_does_not_fit_is_left_out_or_refused(
    owner: Person, owner_client: Client, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = add_exchange(owner, new_message("Later", exchange.conversation.pk))
    complete(later.reply)
    monkeypatch.setattr(snapshots, "MAX_MESSAGES", 2)
    content, size = snapshots.take_snapshot(exchange.conversation)
    assert [each.text for each in content.messages] == ["Later", "A reply."]
    assert content.is_cut

    monkeypatch.setattr(snapshots, "MAX_MESSAGES", 200)
    monkeypatch.setattr(snapshots, "MAX_BYTES", size + 10)
    content, _size = snapshots.take_snapshot(exchange.conversation)
    assert [each.text for each in content.messages] == ["Later", "A reply."]
    assert content.is_cut

    monkeypatch.setattr(snapshots, "MAX_BYTES", 100)
    assert "too long to share" in post(owner_client, exchange).json()["error"]


def test_a_person_shares_only_so_much(
    owner_client: Client, exchange: Exchange, share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = add_exchange(exchange.conversation.owner, new_message())
    complete(other.reply)
    monkeypatch.setattr(publishing, "MAX_SHARES", 1)
    assert "You can't share any more." in post(owner_client, other).json()["error"]
    monkeypatch.setattr(publishing, "MAX_SHARES", 2)
    monkeypatch.setattr(publishing, "MAX_PERSON_BYTES", share.byte_size)
    assert "You can't share any more." in post(owner_client, other).json()["error"]

    path = f"/c/{exchange.conversation.pk}/share/snapshot"  # its old snapshot doesn't count
    assert owner_client.post(path, headers=JSON).status_code == HTTPStatus.OK


def test_an_update_of_a_share_that_is_being_revoked_adds_nothing(share: Share) -> None:
    Share.objects.all().delete()

    assert not publishing.update(share)
    assert not Share.objects.exists()


def test_when_the_site_is_busy_nothing_is_shared(owner_client: Client, exchange: Exchange) -> None:
    with patch.object(publishing.hashing, "slot", side_effect=ValidationError("busy")):
        answer = post(owner_client, exchange, {"password": "open sesame"})

    assert "busy" in answer.json()["error"]
    assert not Share.objects.exists()


def test_a_link_is_revoked_at_once(
    owner_client: Client, stranger_client: Client, share: Share, url: str
) -> None:
    path = f"/shares/{share.pk}/revocation"
    assert "no longer works" in owner_client.post(path, headers=JSON).text
    assert stranger_client.get(url).status_code == HTTPStatus.NOT_FOUND
    assert owner_client.post(path).status_code == HTTPStatus.NOT_FOUND
    snapshot = owner_client.post(f"/c/{share.conversation_id}/share/snapshot", headers=JSON)
    assert "Create link" in snapshot.text


def test_the_list_has_the_persons_own_shares(
    owner_client: Client, member_client: Client, share: Share
) -> None:
    Share.objects.update(views=3)
    listed = owner_client.get("/shares/").text
    assert f"/s/{share.token}/" in listed
    assert "viewed 3 times" in listed
    assert share.token not in member_client.get("/shares/").text

    Conversation.objects.update(trashed_at=timezone.now())
    assert "In the trash." in owner_client.get("/shares/").text
    assert owner_client.post(f"/shares/{share.pk}/revocation")["Location"] == "/shares/"


def test_a_link_survives_a_new_secret_key(
    owner_client: Client, stranger_client: Client, share: Share, url: str, settings: Settings
) -> None:
    path = f"/c/{share.conversation_id}/share"
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key for this test"
    assert stranger_client.get(url).status_code == HTTPStatus.OK
    owner_client.force_login(share.conversation.owner)
    assert "SECRET_KEY has changed" in owner_client.get(path).text

    settings.SECRET_KEY_FALLBACKS = [former]
    assert share.token in owner_client.get(path).text
