"""A person's caps on the usage page: how far they are used, and a lower one for oneself."""

import re
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.spending import caps
from chatapp.spending.caps import Scope
from chatapp.spending.models import Cap
from chatapp.spending.periods import Period
from tests.spending.calls import call, store

pytestmark = pytest.mark.django_db(transaction=True)  # caps are announced after the commit


def test_a_person_sets_a_lower_cap_and_sees_how_far_it_is_used(
    member_client: Client, member: Person, owner: Person
) -> None:
    caps.set_cap(Scope.of_person(member), Period.MONTH, 5_000_000, owner)
    store(call(member, 1_200_000))
    before = member_client.get("/usage/").text
    assert "$1.20 of $5.00" in before

    answer = member_client.post("/usage/cap", {"day": "2", "month": "1.30"})

    assert answer.status_code == HTTPStatus.SEE_OTHER
    after = member_client.get("/usage/").text
    assert "$1.20 of $2.00" in after
    assert "$1.20 of $1.30" in after
    assert "Most of the cap of $1.30 that you set" in after


def test_a_cap_that_is_reached_says_who_can_raise_it(
    member_client: Client, member: Person, owner: Person
) -> None:
    caps.set_cap(Scope.of_person(member), Period.DAY, 1_000_000, owner)
    store(call(member, 1_000_000))

    page = member_client.get("/usage/").text

    assert "reached your cap of $1.00" in page
    assert owner.email in page


def test_nobody_raises_a_cap_that_others_set(member_client: Client, owner: Person) -> None:
    member = Person.objects.get(is_owner=False)
    caps.set_cap(Scope.of_person(member), Period.DAY, 1_000_000, owner)

    member_client.post("/usage/cap", {"kind": "person", "person": str(member.pk), "day": "500"})

    smallest = caps.cap_of(member, Period.DAY)
    assert smallest is not None
    assert smallest.amount == 1_000_000
    assert Cap.objects.get(kind=Cap.Kind.OWN).amount == 500_000_000


def test_a_bad_amount_gets_a_sentence(member_client: Client) -> None:
    answer = member_client.post("/usage/cap", {"day": "-3"})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "below $0" in answer.text
    assert re.search(r'name="day"[^>]*autofocus', answer.text)
    assert "No cap limits" in answer.text
