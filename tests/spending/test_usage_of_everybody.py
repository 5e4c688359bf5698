"""/usage/everybody/: what all people used, and their caps, edited in place."""

import re
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.spending.models import Cap
from tests.spending.calls import call, store

URL = "/usage/everybody/"
SET = "/usage/everybody/caps"
AMOUNT = re.compile(r'<data value="(\d+)">')


def people_of(page: str) -> list[int]:
    """Return the amounts of the list of people in micro-dollars."""
    html = page.partition('data-list="people"')[2].partition("</ul>")[0]
    return [int(amount) for amount in AMOUNT.findall(html)]


def caps() -> list[str]:
    return sorted(map(str, Cap.objects.all()))


def test_the_people_add_up_to_everything_also_when_some_are_gone(
    owner_client: Client, owner: Person, member: Person
) -> None:
    gone = Person.objects.create_user("gone@example.com", "correct horse")
    store(call(owner, 4_999), call(member, 15_001), call(gone, 7), call(None, 333_333))
    gone.delete()

    page = owner_client.get(URL).text

    assert people_of(page) == [15_001, 4_999, 333_340]
    assert f'<data value="{15_001 + 4_999 + 333_340}">' in page
    assert "Deleted people" in page


def test_it_names_no_chats(owner_client: Client, member: Person) -> None:
    store(call(member, 1, conversation_id=member.pk))

    page = owner_client.get(URL).text

    assert "By chat" not in page
    assert f"/c/{member.pk}" not in page


def test_caps_are_set_changed_and_removed_in_place(
    owner_client: Client, member: Person, owner: Person
) -> None:
    fields = {"kind": "person", "person": str(member.pk), "day": "$2.50", "month": "1,000"}
    answer = owner_client.post(SET, fields)
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer["Location"] == f"{URL}?saved=cap-{member.pk}#cap-{member.pk}"
    page = owner_client.get(URL).text
    assert "$2.50 a day, $1,000.00 a month" in page
    assert 'value="2.50"' in page

    owner_client.post(SET, {**fields, "day": "3", "month": ""})

    assert caps() == [f"3000000 for person {member.pk} a day"]
    entries = Entry.objects.filter(action=Action.CAP_CHANGED)
    assert entries.count() == 4
    assert {entry.subject for entry in entries} == {member.email}


def test_the_site_and_each_role_have_caps(owner_client: Client) -> None:
    owner_client.post(SET, {"kind": "instance", "month": "50"})
    owner_client.post(SET, {"kind": "role", "role": "guest", "day": "0"})

    assert caps() == ["0 for role guest a day", "50000000 for instance  a month"]
    page = owner_client.get(URL).text
    assert "$50.00 a month" in page
    assert "$0.00 a day" in page


@pytest.mark.parametrize("typed", ["-1", "NaN", "Infinity", "1e99", "five", "1" * 41, "2000000"])
def test_a_bad_amount_is_refused_and_kept_in_the_field(
    owner_client: Client, member: Person, typed: str
) -> None:
    fields = {"kind": "person", "person": str(member.pk), "day": typed, "month": "7"}

    answer = owner_client.post(SET, fields)

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert f'value="{typed}"' in answer.text
    assert 'role="alert"' in answer.text
    assert not Cap.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "own"},
        {"kind": "role", "role": "owner"},
        {"kind": "role", "role": ""},
        {"kind": "person", "person": "x"},
        {"kind": "person", "person": "6b1f3c1e-0000-4000-8000-000000000000"},
    ],
)
def test_caps_of_nobody_are_not_found(owner_client: Client, fields: dict[str, str]) -> None:
    assert owner_client.post(SET, {**fields, "day": "1"}).status_code == HTTPStatus.NOT_FOUND


def test_an_admin_sets_caps_below_their_own_role_only(
    member_client: Client, owner: Person, member: Person
) -> None:
    Person.objects.filter(pk=member.pk).update(assigned_role=Role.ADMIN)
    guest = Person.objects.create_user("guest@example.com", "x", assigned_role=Role.GUEST)
    refused = [
        {"kind": "instance"},
        {"kind": "role", "role": "admin"},
        {"kind": "person", "person": str(owner.pk)},
        {"kind": "person", "person": str(member.pk)},
    ]
    statuses = {member_client.post(SET, {**each, "day": "1"}).status_code for each in refused}
    assert statuses == {HTTPStatus.NOT_FOUND}
    assert not Cap.objects.exists()
    member_client.post(SET, {"kind": "person", "person": str(guest.pk), "day": "1"})

    assert caps() == [f"1000000 for person {guest.pk} a day"]
    assert member_client.get(URL).text.count("<form") - member_client.get("/storage/").text.count(
        "<form"
    ) == len([guest, Role.MEMBER, Role.GUEST])


def test_twice_the_people_cost_the_same_queries(owner_client: Client) -> None:
    counts = []
    owner_client.get(URL)
    for round_ in range(2):
        for number in range(5):
            person = Person.objects.create_user(f"{round_}-{number}@example.com", "x")
            store(call(person, number))
            Cap.objects.create(kind=Cap.Kind.PERSON, person=person, period="day", amount=number)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(URL)
        counts.append(len(queries))

    assert counts[0] == counts[1]
