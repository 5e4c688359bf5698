"""Changing roles: by whom, of whom, and that it counts at once."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db(transaction=True)
SEE_OTHER, NOT_FOUND = HTTPStatus.SEE_OTHER, HTTPStatus.NOT_FOUND
HAIKU = "claude-4-5-sonnet"


def give(client: Client, person: Person, role: str, *models: str) -> int:
    fields = {"role": role, "models": list(models)}
    return client.post(f"/people/{person.pk}/role", fields).status_code


def test_the_owner_gives_roles_and_a_guest_has_named_models(
    owner_client: Client, owner: Person, member: Person
) -> None:
    assert give(owner_client, member, "guest", HAIKU) == SEE_OTHER

    member.refresh_from_db()
    assert (member.role, member.allowed_models) == (Role.GUEST, [HAIKU])
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.subject) == (Action.ROLE_CHANGED, owner, member.email)
    assert entry.details == {"before": "member", "role": "guest", "models": [HAIKU]}

    assert give(owner_client, member, "admin", HAIKU) == SEE_OTHER
    member.refresh_from_db()
    assert (member.role, member.allowed_models) == (Role.ADMIN, [])


def test_the_same_role_again_changes_nothing(owner_client: Client, member: Person) -> None:
    answer = owner_client.post(f"/people/{member.pk}/role", {"role": "member"})

    assert answer["Location"].endswith("?note=unchanged")
    assert not Entry.objects.exists()


def test_an_admin_may_make_members_guests_and_back(
    admin_client: Client, member: Person, guest: Person
) -> None:
    assert give(admin_client, member, "guest") == SEE_OTHER
    assert give(admin_client, guest, "member") == SEE_OTHER

    roles = {each.email: each.role for each in Person.objects.all()}
    assert (roles[member.email], roles[guest.email]) == (Role.GUEST, Role.MEMBER)


@pytest.mark.parametrize("role", ["owner", "admin", "nonsense", ""])
def test_nobody_is_given_a_role_that_the_giver_does_not_hand_out(
    admin_client: Client, member: Person, role: str
) -> None:
    assert give(admin_client, member, role) == HTTPStatus.UNPROCESSABLE_ENTITY
    member.refresh_from_db()
    assert member.role == Role.MEMBER


def test_a_model_that_is_not_offered_is_refused(owner_client: Client, guest: Person) -> None:
    assert give(owner_client, guest, "guest", "no-model") == HTTPStatus.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("action", ["role", "deactivation", "reactivation", "deletion"])
def test_an_admin_touches_neither_the_owner_nor_admins_nor_themselves(
    admin_client: Client, admin: Person, owner: Person, action: str
) -> None:
    other = Person.objects.create_user("b@example.com", assigned_role=Role.ADMIN)

    for person in (owner, other, admin):
        answer = admin_client.post(f"/people/{person.pk}/{action}", {"role": "guest"})
        assert answer.status_code == NOT_FOUND
    roles = {each.role for each in Person.objects.filter(is_active=True, deleted_at=None)}
    assert roles == {Role.OWNER, Role.ADMIN}


@pytest.mark.parametrize("action", ["role", "deactivation", "deletion", "ownership"])
def test_the_owner_does_nothing_of_it_to_themselves(
    owner_client: Client, owner: Person, action: str
) -> None:
    answer = owner_client.post(f"/people/{owner.pk}/{action}", {"role": "guest"})

    assert answer.status_code == NOT_FOUND
    owner.refresh_from_db()
    assert owner.is_owner
    assert owner.is_active


def test_nobody_raises_their_own_role(member_client: Client, member: Person) -> None:
    assert give(member_client, member, "admin") == NOT_FOUND


@pytest.mark.parametrize(
    "action", ["role", "deactivation", "reactivation", "deletion", "restoration", "ownership"]
)
def test_a_form_from_another_site_is_refused(owner: Person, member: Person, action: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(owner)

    answer = client.post(f"/people/{member.pk}/{action}", {"role": "admin"})

    assert answer.status_code == HTTPStatus.FORBIDDEN
    member.refresh_from_db()
    assert (member.role, member.is_active) == (Role.MEMBER, True)


def test_a_role_counts_with_the_next_request(owner_client: Client, admin: Person) -> None:
    client = Client()
    client.force_login(admin)
    other = person_of("member")
    assert client.get(f"/people/{other.pk}/").status_code == HTTPStatus.OK

    give(owner_client, admin, "member")

    assert client.get(f"/people/{other.pk}/").status_code == NOT_FOUND
    assert client.get("/").status_code == HTTPStatus.OK  # still signed in


def test_a_page_shows_only_what_its_reader_may_do(
    owner_client: Client, admin_client: Client, owner: Person, admin: Person, member: Person
) -> None:
    def actions(client: Client, person: Person) -> set[str]:
        page = client.get(f"/people/{person.pk}/").text
        return set(re.findall(rf'(?:href|action)="/people/{person.pk}/([a-z]+)"', page))

    assert actions(owner_client, member) == {"role", "deactivation", "deletion", "ownership"}
    assert actions(admin_client, member) == {"role", "deactivation", "deletion"}
    assert actions(admin_client, owner) == actions(admin_client, admin) == set()
    assert actions(owner_client, owner) == set()
