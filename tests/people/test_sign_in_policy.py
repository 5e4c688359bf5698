"""The owner requires two-step sign-in for each role; a lost device is reset from above."""

from collections.abc import Callable
from io import StringIO
from uuid import UUID, uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from chatapp.accounts.models import Person, SignInPolicy
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.people.sign_in_policy import required_roles
from chatapp.people.views import two_step
from tests.accounts.two_step.factors import add_app, add_recovery_codes
from tests.people.forms import NEW_PERSON, invite

pytestmark = pytest.mark.django_db
PAGE = "/people/sign-in/"
ROLES = [Role.ADMIN, Role.MEMBER, Role.GUEST]


@pytest.fixture
def people(owner: Person) -> dict[Role, Person]:
    """Return two people of each role but the owner's, the second of each under its name."""
    people = {Role.OWNER: owner}
    for role in ROLES:
        for name in ("first", "second"):
            email = f"{name}-{role}@example.com"
            people[role] = Person.objects.create_user(email, assigned_role=role)
    return people


def first(role: Role) -> Person:
    return Person.objects.get(email=f"first-{role}@example.com")


def test_the_owner_sets_the_policy(owner_client: Client, owner: Person) -> None:
    add_app(owner)

    response = owner_client.post(PAGE, {"roles": ["admin", "owner"]}, follow=True)

    assert "Saved." in response.text
    assert required_roles() == {"admin", "owner"}
    assert response.text.count("checked") == 2
    entry = Entry.objects.get(action=Action.POLICY_CHANGED)
    assert entry.details == {"two_step_required": ["admin", "owner"]}
    owner_client.post(PAGE, {"roles": ["admin", "owner"]})
    assert Entry.objects.filter(action=Action.POLICY_CHANGED).count() == 1
    owner_client.post(PAGE)
    assert required_roles() == set()


def test_an_owner_who_requires_it_of_themselves_sets_it_up_first(owner_client: Client) -> None:
    owner_client.post(PAGE, {"roles": ["owner"]})

    assert owner_client.get("/")["Location"] == "/account/two-step/"


def test_an_unknown_role_is_refused(owner_client: Client) -> None:
    response = owner_client.post(PAGE, {"roles": ["everybody"]})

    assert response.context["form"].errors
    assert required_roles() == set()


@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_finds_the_policy(
    signed_in: Callable[[Person], Client], people: dict[Role, Person], role: Role
) -> None:
    client = signed_in(people[role])

    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"roles": ["owner"]}).status_code == 404
    assert required_roles() == set()


@pytest.mark.parametrize("actor", list(Role))
@pytest.mark.parametrize("role", ROLES)
def test_only_people_above_reset_a_second_step(
    signed_in: Callable[[Person], Client], people: dict[Role, Person], actor: Role, role: Role
) -> None:
    person = first(role)
    add_app(person)
    add_recovery_codes(person)
    client, path = signed_in(people[actor]), f"/people/{person.pk}/two-step"
    may = (actor, role) in {
        (Role.OWNER, Role.ADMIN),
        *((above, below) for above in (Role.OWNER, Role.ADMIN) for below in ROLES[1:]),
    }

    assert client.get(path).status_code == (200 if may else 404)
    assert client.post(path).status_code == (302 if may else 404)

    assert Authenticator.objects.exists() != may
    if may:
        entry = Entry.objects.get(action=Action.TWO_STEP_CHANGED)
        assert (entry.subject, entry.details) == (person.email, {"change": "reset"})
        assert "It's reset" in client.get(f"{path}?reset").text


def test_somebody_who_was_promoted_meanwhile_is_not_reset(
    admin_client: Client, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_app(member)

    def found(*_query: object, **_fields: object) -> Person:
        read = Person.objects.get(pk=member.pk)
        Person.objects.filter(pk=member.pk).update(assigned_role=Role.ADMIN)
        return read

    monkeypatch.setattr(two_step, "get_object_or_404", found)

    assert admin_client.post(f"/people/{member.pk}/two-step").status_code == 404
    assert Authenticator.objects.exists()


def test_nobody_resets_their_own_or_nobodys(owner_client: Client, owner: Person) -> None:
    add_app(owner)

    assert owner_client.post(f"/people/{owner.pk}/two-step").status_code == 404
    assert owner_client.post(f"/people/{uuid4()}/two-step").status_code == 404
    assert Authenticator.objects.exists()


@pytest.mark.parametrize("path", [PAGE, f"/people/{UUID(int=1)}/two-step"])
def test_a_stranger_signs_in_first(stranger_client: Client, owner: Person, path: str) -> None:
    assert stranger_client.get(path)["Location"].startswith("/account/sign-in/")


def test_who_joins_sets_it_up_without_the_password_once_more(
    stranger_client: Client, owner_client: Client
) -> None:
    path = invite(owner_client)
    SignInPolicy.objects.create(role=Role.MEMBER, two_step_required=True)

    page = stranger_client.post(path, NEW_PERSON, follow=True)

    assert page.redirect_chain[-1][0] == "/account/two-step/"
    assert stranger_client.get("/account/two-step/app/").status_code == 200


def test_the_command_resets_the_owners_second_step(owner: Person) -> None:
    add_app(owner)
    output = StringIO()

    call_command("reset_two_step", "Owner@example.com", stdout=output)
    call_command("reset_two_step", owner.email, stdout=output)

    first_line, second_line = output.getvalue().splitlines()
    assert "password alone" in first_line
    assert "has no second step" in second_line
    assert Entry.objects.get().actor is None
    with pytest.raises(CommandError):
        call_command("reset_two_step", "nobody@example.com")
