"""When a person was last here: noted with their pages, in few writes."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.last_seen import NOTED_EVERY, note_seen
from chatapp.accounts.models import Person

pytestmark = pytest.mark.django_db


def updates(client: Client) -> int:
    """Open a page; return how often it wrote when the person was seen."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/storage/").status_code == 200
    return sum(query["sql"].startswith("UPDATE") for query in captured)


def test_a_visit_is_noted_at_most_once_in_five_minutes(member_client: Client) -> None:
    assert [updates(member_client) for _ in range(3)] == [1, 0, 0]

    long_ago = timezone.now() - NOTED_EVERY
    Person.objects.update(last_seen_at=long_ago)
    assert [updates(member_client) for _ in range(2)] == [1, 0]
    assert Person.objects.get().last_seen_at > long_ago


def test_a_recent_visit_costs_no_query(member: Person) -> None:
    member.last_seen_at = timezone.now() - NOTED_EVERY + timedelta(seconds=9)

    with CaptureQueriesContext(connection) as captured:
        note_seen(member)

    assert not captured


def test_of_several_requests_at_once_one_writes(member: Person) -> None:
    others = [Person.objects.get(pk=member.pk) for _ in range(2)]
    note_seen(member)
    first = Person.objects.get().last_seen_at

    for each in others:
        note_seen(each)

    assert Person.objects.get().last_seen_at == first


def test_somebody_who_is_signed_out_is_not_noted(stranger_client: Client, member: Person) -> None:
    stranger_client.get("/storage/")

    assert Person.objects.get().last_seen_at is None


def test_a_page_is_shown_although_the_database_takes_no_note(
    member_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_arguments: Any, **_values: Any) -> None:
        raise OperationalError("database is full")

    with patch.object(QuerySet, "update", fail):
        assert member_client.get("/storage/").status_code == 200
    assert "A visit wasn't noted: OperationalError" in caplog.messages
