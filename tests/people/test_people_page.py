"""The list of people, and the page of one person."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.images.models import Image
from chatapp.people.listing import PEOPLE_PER_PAGE, month_costs, people_page
from chatapp.spending import caps
from chatapp.spending.caps import Scope
from chatapp.spending.days import Month, begin_of
from chatapp.spending.models import ModelCall
from chatapp.spending.periods import Period
from tests.images.conftest import made

pytestmark = pytest.mark.django_db


def add_people(count: int, **fields: Any) -> None:
    Person.objects.bulk_create(
        Person(email=f"person{number:04}@example.com", **fields) for number in range(count)
    )


def add_call(person: Person, cost: int | None, **fields: Any) -> None:
    fields = {"state": "ended", **fields}
    ModelCall.objects.create(person=person, cost=cost, purpose="reply", **fields)


def names(query: str = "", number: int = 1) -> list[str]:
    return [row.person.label for row in people_page(query, number).rows]


def test_the_list_shows_what_there_is_to_know(owner_client: Client, member: Person) -> None:
    Image.objects.store(member, made())
    add_call(member, 1_234_567)
    add_call(member, 5_000)
    Person.objects.filter(pk=member.pk).update(
        name="Ada", last_seen_at=timezone.now() - timedelta(hours=3)
    )

    page = owner_client.get("/people/").text

    for text in ("2 people", "Ada", "member@example.com", "Member", "$1.24 this month", "Owner"):
        assert text in page
    assert "Last seen 3\xa0hours ago" in page
    assert "Here now" in page  # the owner, who looks
    assert "bytes of images" in page or "KB of images" in page


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_only_calls_of_this_month_and_of_this_person_count(
    settings: Any, owner: Person, member: Person, zone: str
) -> None:
    """The month is the site's, as on the page about usage."""
    settings.CHAT_TIME_ZONE = zone
    begin = begin_of(Month.current().first)
    add_call(member, 3, begun_at=begin)
    add_call(member, 4)
    add_call(member, None)  # no price
    add_call(member, 50, state="running")
    add_call(member, 100, begun_at=begin - timedelta(microseconds=1))

    assert month_costs([owner.pk, member.pk]) == {member.pk: 7}


@pytest.mark.django_db(transaction=True)  # caps are announced after the commit
def test_the_caps_that_hold_are_shown_and_lead_to_their_forms(
    owner_client: Client, owner: Person, member: Person
) -> None:
    caps.set_cap(Scope.of_role(Role.MEMBER), Period.DAY, 2_000_000, owner)
    caps.set_cap(Scope.of_person(member), Period.DAY, 1_000_000, owner)

    assert "Cap: $1.00 a day" in owner_client.get("/people/").text
    assert f"/usage/everybody/#cap-{member.pk}" in owner_client.get(f"/people/{member.pk}/").text


def test_whoever_was_deactivated_is_not_here(owner_client: Client, member: Person) -> None:
    Person.objects.filter(pk=member.pk).update(is_active=False, last_seen_at=timezone.now())

    page = owner_client.get(f"/people/{member.pk}/").text
    assert "Here now" not in page
    assert "Last seen just now" in page


def test_people_are_sorted_by_name_in_any_script_and_the_deactivated_come_last() -> None:
    for name in ("Émile", "zoe", "Berta", "emil"):
        Person.objects.create(email=f"{name.encode().hex()}@example.com", name=name)
    Person.objects.create(email="a@example.com", is_active=False)

    assert names() == ["Berta", "emil", "Émile", "zoe", "a@example.com"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("öztürk", ["Ayşe Öztürk"]),
        ("OZTURK ayse", ["Ayşe Öztürk"]),
        ("example.com", ["Ayşe Öztürk", "Bo"]),
        ("bo@", ["Bo"]),
        ("%", []),
        ("nobody", []),
    ],
)
def test_people_are_found_by_name_and_email(query: str, found: list[str]) -> None:
    Person.objects.create(email="x@example.com", name="Ayşe Öztürk")
    Person.objects.create(email="bo@example.com", name="Bo")

    assert names(query) == found


def test_a_long_list_has_pages() -> None:
    add_people(PEOPLE_PER_PAGE + 1)

    first, last = people_page(), people_page(number=2)
    assert (len(first.rows), first.previous, first.next) == (PEOPLE_PER_PAGE, 0, 2)
    assert (len(last.rows), last.previous, last.next) == (1, 1, 0)
    assert people_page(number=999).number == 2
    assert people_page("nobody", 3).rows == []


@pytest.mark.parametrize("query", ["?page=2", "?page=2&q=person", "?page=-1", "?page=x", "?q=%00"])
def test_every_page_can_be_opened(owner_client: Client, query: str) -> None:
    add_people(PEOPLE_PER_PAGE + 1)

    assert owner_client.get(f"/people/{query}").status_code == 200


def test_the_next_page_keeps_the_search(owner_client: Client) -> None:
    add_people(PEOPLE_PER_PAGE * 2 + 1)

    page = owner_client.get("/people/?q=person0&page=2").text

    assert 'href="?q=person0&amp;page=1"' in page
    assert 'href="?q=person0&amp;page=3"' in page


def test_the_number_of_queries_does_not_grow(owner_client: Client) -> None:
    owner_client.get("/people/")
    counts = []
    for count in (5, 500):
        Person.objects.filter(is_owner=False).delete()
        add_people(count)
        with CaptureQueriesContext(connection) as captured:
            assert owner_client.get("/people/").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_page_of_a_person(owner_client: Client, guest: Person) -> None:
    Person.objects.filter(pk=guest.pk).update(
        name="<b>Gus</b>", allowed_models=["claude-sonnet-4-6"], is_active=False
    )

    page = owner_client.get(f"/people/{guest.pk}/").text

    for text in ("&lt;b&gt;Gus&lt;/b&gt;", guest.email, "Guest", "Deactivated", "Sonnet 4.6"):
        assert text in page
    assert "Not seen yet" in page


def test_the_menu_leads_here_for_those_who_manage_people(
    owner_client: Client, admin_client: Client, member_client: Client, guest_client: Client
) -> None:
    for client, is_offered in (
        (owner_client, True),
        (admin_client, True),
        (member_client, False),
        (guest_client, False),
    ):
        assert ('href="/people/"' in client.get("/storage/").text) is is_offered
