"""Who may set which cap, and which one holds."""

import pytest
from django.db import IntegrityError

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.audit.models import Entry
from chatapp.spending import caps
from chatapp.spending.caps import NotAllowed, Scope, cap_of, set_cap
from chatapp.spending.dollars import InvalidAmount
from chatapp.spending.models import Cap
from chatapp.spending.models.cap import MAX_AMOUNT
from chatapp.spending.periods import Period
from tests.spending.conftest import DOLLAR

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_user("admin@example.com", assigned_role=Role.ADMIN)


@pytest.fixture
def guest(db: None) -> Person:
    return Person.objects.create_user("guest@example.com", assigned_role=Role.GUEST)


def smallest(person: Person, period: Period = Period.DAY) -> int | None:
    caps.refresh()
    cap = cap_of(person, period)
    return cap.amount if cap else None


def test_without_caps_nothing_holds(owner: Person) -> None:
    assert smallest(owner) is None


def test_the_smallest_holds(owner: Person, member: Person, guest: Person) -> None:
    set_cap(Scope.of_role(Role.MEMBER), Period.DAY, 3 * DOLLAR, owner)
    assert (smallest(member), smallest(guest), smallest(owner)) == (3 * DOLLAR, None, None)

    set_cap(Scope.of_person(member), Period.DAY, 5 * DOLLAR, owner)
    assert smallest(member) == 3 * DOLLAR

    set_cap(Scope.own(member), Period.DAY, DOLLAR, member)
    assert smallest(member) == DOLLAR
    assert smallest(member, Period.MONTH) is None


def test_another_role_means_another_cap(owner: Person, member: Person) -> None:
    set_cap(Scope.of_role(Role.GUEST), Period.DAY, DOLLAR, owner)
    member.assigned_role = Role.GUEST

    assert smallest(member) == DOLLAR


def test_a_cap_is_changed_and_removed(owner: Person, member: Person) -> None:
    for amount in (5 * DOLLAR, 0, 2 * DOLLAR):
        set_cap(Scope.of_person(member), Period.MONTH, amount, owner)
        assert smallest(member, Period.MONTH) == amount
    assert Cap.objects.count() == 1

    set_cap(Scope.of_person(member), Period.MONTH, None, owner)
    assert smallest(member, Period.MONTH) is None


def test_every_change_is_in_the_audit_log(owner: Person, member: Person) -> None:
    for amount in (DOLLAR, DOLLAR, None, None):
        set_cap(Scope.of_person(member), Period.DAY, amount, owner)
    set_cap(Scope.instance(), Period.DAY, 0, owner)

    entries = Entry.objects.filter(action="cap_changed").order_by("pk")
    assert [(entry.subject, entry.details["amount"]) for entry in entries] == [
        (member.email, DOLLAR),
        (member.email, None),
        ("instance", 0),
    ]
    assert {entry.actor_email for entry in entries} == {owner.email}


def test_who_may_set_which_cap(owner: Person, admin: Person, member: Person, guest: Person) -> None:
    other = Person.objects.create_user("other@example.com", assigned_role=Role.ADMIN)
    allowed = {
        scope: [by for by in (owner, admin, member, guest) if caps.may_set(by, scope)]
        for scope in (
            Scope.instance(),
            *map(Scope.of_role, Role),
            *map(Scope.of_person, (owner, admin, other, member, guest)),
            *map(Scope.own, (owner, admin, member, guest)),
        )
    }

    assert allowed == {
        Scope.instance(): [owner],
        Scope.of_role(Role.OWNER): [owner],
        Scope.of_role(Role.ADMIN): [owner],
        Scope.of_role(Role.MEMBER): [owner, admin],
        Scope.of_role(Role.GUEST): [owner, admin],
        Scope.of_person(owner): [owner],
        Scope.of_person(admin): [owner],
        Scope.of_person(other): [owner],
        Scope.of_person(member): [owner, admin],
        Scope.of_person(guest): [owner, admin],
        Scope.own(owner): [owner],
        Scope.own(admin): [admin],
        Scope.own(member): [member],
        Scope.own(guest): [guest],
    }


def test_nobody_raises_their_own_cap(owner: Person, member: Person) -> None:
    set_cap(Scope.of_person(member), Period.DAY, DOLLAR, owner)

    with pytest.raises(NotAllowed):
        set_cap(Scope.of_person(member), Period.DAY, 9 * DOLLAR, member)
    set_cap(Scope.own(member), Period.DAY, 9 * DOLLAR, member)

    assert smallest(member) == DOLLAR


@pytest.mark.parametrize("amount", [-1, MAX_AMOUNT + 1, 1.5, float("nan"), True, "1"])
def test_an_impossible_amount_is_refused(owner: Person, amount: int) -> None:
    with pytest.raises(InvalidAmount):
        set_cap(Scope.instance(), Period.DAY, amount, owner)

    assert not Cap.objects.exists()


@pytest.mark.parametrize(
    "columns",
    [
        {"kind": "instance", "amount": MAX_AMOUNT + 1},
        {"kind": "instance", "amount": -1},
    ],
)
def test_the_database_refuses_what_no_cap_can_be(columns: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        Cap.objects.create(period="day", **columns)


def test_a_scope_has_one_cap_for_a_period(owner: Person) -> None:
    columns = {"kind": "instance", "period": "day", "amount": 1}
    Cap.objects.create(**columns)

    with pytest.raises(IntegrityError):
        Cap.objects.create(**columns)


def test_a_cap_is_of_a_role_or_of_a_person(owner: Person) -> None:
    with pytest.raises(IntegrityError):
        Cap.objects.create(kind="role", role="guest", person=owner, period="day", amount=1)
