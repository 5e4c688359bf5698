"""Links for new passwords: made for those below one's own role, shown once, recorded."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from chatapp.accounts import membership
from chatapp.accounts.models import LinkRequest, Person
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry

pytestmark = pytest.mark.django_db

LINK = re.compile(r'value="http://testserver(/account/reset/[^"]+)"')
NEW = "another long password 9"


def make(client: Client, person: Person) -> str:
    return client.post(f"/people/{person.pk}/password-link").text


def test_a_link_lets_its_person_choose_a_password(
    owner_client: Client, owner: Person, member: Person
) -> None:
    [path] = LINK.findall(make(owner_client, member))
    browser = Client()
    form = browser.get(path, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW})

    member.refresh_from_db()
    assert member.check_password(NEW)
    entry = Entry.objects.get(action=Action.PASSWORD_LINK_MADE)
    assert (entry.actor, entry.subject) == (owner, member.email)
    assert not LINK.findall(owner_client.get(f"/people/{member.pk}/").text)


def test_nobody_gets_a_link_for_an_account_above_their_own(
    owner_client: Client,
    admin_client: Client,
    owner: Person,
    admin: Person,
    member: Person,
    guest: Person,
) -> None:
    second = Person.objects.create_user("second@example.com", NEW, assigned_role="admin")
    for client, person, is_allowed in (
        *((admin_client, each, False) for each in (owner, admin, second)),
        *((admin_client, each, True) for each in (member, guest)),
        (owner_client, owner, False),
        *((owner_client, each, True) for each in (admin, member, guest)),
    ):
        url = f"/people/{person.pk}/password-link"
        assert (url in client.get(f"/people/{person.pk}/").text) is is_allowed
        assert client.post(url).status_code == (200 if is_allowed else 404)
    assert Entry.objects.count() == 5


def test_a_deactivated_person_gets_no_link(owner_client: Client, member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(is_active=False)

    assert owner_client.post(f"/people/{member.pk}/password-link").status_code == 404


def test_a_get_makes_no_link(owner_client: Client, member: Person) -> None:
    answer = owner_client.get(f"/people/{member.pk}/password-link")

    assert answer["Location"] == f"/people/{member.pk}/"
    assert not Entry.objects.exists()


def test_those_who_wait_are_shown_to_whoever_may_help(
    owner_client: Client, admin_client: Client, admin: Person, member: Person
) -> None:
    for person in (admin, member):
        LinkRequest.objects.record(person)

    for client, people in ((owner_client, [admin, member]), (admin_client, [member])):
        page = client.get("/people/").text
        assert page.count("Requested 0\xa0minutes ago") == len(people)
        for person in people:
            assert f"/people/{person.pk}/password-link" in page


def test_the_old_address_leads_here(owner_client: Client, member_client: Client) -> None:
    assert owner_client.get("/account/links/")["Location"] == "/people/#waiting"
    assert member_client.get("/account/links/").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        lambda owner, person: membership.hand_over(owner, person),
        lambda _owner, person: membership.set_role(person, Role.ADMIN),
        lambda _owner, person: membership.deactivate(person) and membership.reactivate(person),
        lambda _owner, person: membership.delete(person) and membership.restore(person),
    ],
)
def test_a_link_ends_when_its_person_becomes_somebody_else(
    admin_client: Client, owner: Person, member: Person, change: Callable[[Person, Person], bool]
) -> None:
    """An admin may not keep the key of somebody who is above them later."""
    [path] = LINK.findall(make(admin_client, member))
    assert change(owner, member)

    browser = Client()
    form = browser.get(path, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW})

    member.refresh_from_db()
    assert not member.check_password(NEW)
