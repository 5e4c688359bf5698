"""Every URL about people: who may, and who finds nothing."""

from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.people.models import Invitation
from tests.people.forms import NEW_PERSON

pytestmark = pytest.mark.django_db

OK, FOUND, SEE_OTHER = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER
REFUSED, NOT_FOUND = HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND
# Method, path, and what the owner and admins get. Members and guests find nothing, and whoever is
# signed out must sign in.
MANAGERS = [
    ("GET", "/people/", OK),
    ("GET", "/people/invitations", FOUND),
    ("POST", "/people/invitations", REFUSED),
    ("POST", "/people/invitations/{invitation}/revocation", SEE_OTHER),
    ("GET", "/people/{member}/", OK),
    ("GET", "/people/{member}/password-link", FOUND),
    ("POST", "/people/{member}/password-link", OK),
    ("GET", "/account/links/", FOUND),
]


def ask(client: Client, path: str, method: str, member: Person, invitation: Invitation) -> int:
    path = path.format(member=member.pk, invitation=invitation.pk)
    return int(getattr(client, method.lower())(path).status_code)


@pytest.mark.parametrize(("method", "url", "status"), MANAGERS)
def test_the_owner_and_admins_manage_people(
    owner_client: Client,
    admin_client: Client,
    member_client: Client,
    guest_client: Client,
    stranger_client: Client,
    member: Person,
    invitation: Invitation,
    method: str,
    url: str,
    status: HTTPStatus,
) -> None:
    for client, expected in (
        (stranger_client, FOUND),
        (guest_client, NOT_FOUND),
        (member_client, NOT_FOUND),
        (owner_client, status),
        (admin_client, status),
    ):
        assert ask(client, url, method, member, invitation) == expected
    if "password-link" not in url:
        return
    Person.objects.filter(email="admin@example.com").update(is_active=False)
    assert ask(admin_client, url, method, member, invitation) == FOUND  # to sign in


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_anybody_with_the_link_may_join(
    owner_client: Client, member_client: Client, stranger_client: Client, path: str, method: str
) -> None:
    fields = NEW_PERSON if method == "POST" else {}
    for client, expected in (
        (owner_client, OK),
        (member_client, OK),
        (stranger_client, FOUND if method == "POST" else OK),
    ):
        assert getattr(client, method.lower())(path, fields).status_code == expected


@pytest.mark.parametrize("path", ["/people/", "/people/{member}/"])
def test_pages_take_no_post(owner_client: Client, member: Person, path: str) -> None:
    answer = owner_client.post(path.format(member=member.pk))

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_a_revocation_needs_a_post(owner_client: Client, invitation: Invitation) -> None:
    answer = owner_client.get(f"/people/invitations/{invitation.pk}/revocation")

    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert Invitation.objects.exists()


@pytest.mark.parametrize(
    "path", ["/people/{0}/", "/people/{0}/password-link", "/people/invitations/{0}/revocation"]
)
def test_an_id_of_nobody_is_harmless(owner_client: Client, owner: Person, path: str) -> None:
    path = path.format("00000000-0000-4000-8000-000000000000")
    answer = owner_client.post(path) if path.count("/") > 3 else owner_client.get(path)

    assert answer.status_code == (SEE_OTHER if "revocation" in path else NOT_FOUND)
