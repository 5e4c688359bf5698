"""Making, listing, sending and revoking invitations."""

import uuid
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from unittest.mock import patch

import pytest
from django.conf import settings as project
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.people import invitation_email, models
from chatapp.people.models import Invitation
from chatapp.people.tokens import TOKEN_BYTES, digest_of
from tests.people.forms import LINK, invite, make

pytestmark = pytest.mark.django_db

REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
FIRST, SECOND = list(project.CATALOG)[:2]


def test_a_link_is_shown_once_and_only_its_hash_is_stored(owner_client: Client) -> None:
    page = make(owner_client)
    [path] = LINK.findall(page.text)
    token = path.split("/")[2]

    invitation = Invitation.objects.get()
    assert TOKEN_BYTES * 8 >= 128
    assert invitation.token_digest == digest_of(token)
    assert token not in str(Invitation.objects.values().get())
    assert token not in str(Entry.objects.values().get())
    assert page["Cache-Control"] == "private, no-store"
    later = owner_client.get("/people/").text
    assert token not in later
    assert f"/people/invitations/{invitation.pk}/revocation" in later


def test_an_invitation_is_recorded(owner_client: Client, owner: Person, path: str) -> None:
    entry = Entry.objects.get()

    assert (entry.action, entry.actor, entry.details) == (
        Action.INVITED,
        owner,
        {"role": "member"},
    )


@pytest.mark.parametrize("days", [1, 7, 30])
def test_an_invitation_ends(owner_client: Client, days: int) -> None:
    invite(owner_client, days=days)

    left = Invitation.objects.get().ends_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < left <= timedelta(days=days)


def test_a_form_that_is_sent_twice_makes_one_invitation(owner_client: Client) -> None:
    number = uuid.uuid4()
    make(owner_client, id=number)

    again = make(owner_client, id=number)

    assert again.status_code == REFUSED
    assert "made already" in again.text
    assert not LINK.findall(again.text)
    assert Invitation.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "owner"},
        {"role": "king"},
        {"role": ""},
        {"days": "-1"},
        {"days": "365"},
        {"days": "NaN"},
        {"id": "1"},
        {"role": "guest"},
        {"role": "guest", "models": ["another"]},
    ],
    ids=str,
)
def test_bad_input_makes_no_invitation(owner_client: Client, fields: dict[str, str]) -> None:
    answer = make(owner_client, **fields)

    assert answer.status_code == REFUSED
    assert 'role="alert"' in answer.text
    assert not Invitation.objects.exists()


def test_a_guest_gets_the_chosen_models_and_others_none(owner_client: Client) -> None:
    invite(owner_client, role="guest", models=[SECOND])
    assert Invitation.objects.get().allowed_models == [SECOND]
    Invitation.objects.all().delete()

    invite(owner_client, role="member", models=[FIRST])
    assert Invitation.objects.get().allowed_models == []


@pytest.mark.parametrize("role", ["admin", "owner"])
def test_an_admin_invites_members_and_guests_only(admin_client: Client, role: str) -> None:
    assert make(admin_client, role=role).status_code == REFUSED
    assert not Invitation.objects.exists()
    assert 'value="admin"' not in admin_client.get("/people/").text

    invite(admin_client, role="member")
    invite(admin_client, role="guest", models=[FIRST])
    assert Invitation.objects.count() == 2


def test_the_owner_invites_admins(owner_client: Client) -> None:
    invite(owner_client, role="admin")

    assert Invitation.objects.get().role == "admin"


def test_an_admin_neither_sees_nor_revokes_invitations_of_admins(
    owner_client: Client, admin_client: Client
) -> None:
    invite(owner_client, role="admin")
    invitation = Invitation.objects.get()
    url = f"/people/invitations/{invitation.pk}/revocation"

    assert url not in admin_client.get("/people/").text
    assert admin_client.post(url).status_code == HTTPStatus.NOT_FOUND
    assert Invitation.objects.exists()


def test_a_revoked_invitation_is_gone_and_recorded_once(
    owner_client: Client, owner: Person, invitation: Invitation
) -> None:
    url = f"/people/invitations/{invitation.pk}/revocation"

    for _ in range(2):
        assert owner_client.post(url).status_code == HTTPStatus.SEE_OTHER

    assert not Invitation.objects.exists()
    assert Entry.objects.filter(action=Action.INVITATION_REVOKED, actor=owner).count() == 1
    assert url not in owner_client.get("/people/").text


def test_an_invitation_that_has_ended_is_not_listed_and_goes_with_the_next(
    owner_client: Client, invitation: Invitation
) -> None:
    Invitation.objects.update(ends_at=timezone.now())
    assert str(invitation.pk) not in owner_client.get("/people/").text

    invite(owner_client)

    assert Invitation.objects.exclude(pk=invitation.pk).count() == 1
    assert not Invitation.objects.filter(pk=invitation.pk).exists()


def test_only_so_many_are_open_at_once(
    owner_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "MAX_OPEN", 2)
    for _ in range(2):
        invite(owner_client)

    refused = make(owner_client)

    assert refused.status_code == REFUSED
    assert "Too many invitations are open" in refused.text
    assert Invitation.objects.count() == 2


def test_the_address_of_the_form_leads_to_the_list(owner_client: Client) -> None:
    """A reload by the address bar asks for it with GET."""
    assert owner_client.get("/people/invitations")["Location"] == "/people/"


class TestEmail:
    @pytest.fixture(autouse=True)
    def _server(self, settings: Settings) -> None:
        settings.EMAIL_URL = "smtp://mail.example.com"

    def test_the_link_is_sent(self, owner_client: Client, owner: Person) -> None:
        page = make(owner_client, email=" Ada@Example.com ")

        [path] = LINK.findall(page.text)
        [sent] = mail.outbox
        assert sent.to == ["ada@example.com"]
        assert f"http://testserver{path}" in sent.body
        assert owner.email in sent.body
        assert "&" not in sent.body
        assert "We sent it to" in page.text
        assert Entry.objects.get().subject == "ada@example.com"

    def test_a_link_that_could_not_be_sent_is_shown_all_the_same(
        self, owner_client: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        with patch.object(invitation_email, "send_mail", side_effect=ConnectionRefusedError("no")):
            page = make(owner_client, email="ada@example.com")

        [path] = LINK.findall(page.text)
        assert "be sent. The link works" in page.text
        assert Client().get(path).status_code == HTTPStatus.OK
        assert path.split("/")[2] not in caplog.text

    def test_somebody_with_an_account_is_not_invited(
        self, owner_client: Client, member: Person
    ) -> None:
        answer = make(owner_client, email=member.email.upper())

        assert answer.status_code == REFUSED
        assert "has an account already" in answer.text
        assert not mail.outbox

    def test_one_person_sends_so_many_emails(
        self, owner_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        one = replace(invitation_email.EMAILS, attempts=1)
        monkeypatch.setattr(invitation_email, "EMAILS", one)

        pages = [make(owner_client, email=f"{number}@example.com").text for number in range(2)]

        assert len(mail.outbox) == 1
        assert LINK.findall(pages[1])


def test_without_an_email_server_no_email_is_asked_for(
    owner_client: Client, settings: Settings
) -> None:
    settings.EMAIL_URL = ""

    assert 'name="email"' not in owner_client.get("/people/").text
    invite(owner_client, email="ada@example.com")
    assert Invitation.objects.get().email == ""
    assert not mail.outbox
