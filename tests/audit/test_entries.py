"""Entries of the audit log: what they keep, for how long, and what they must not stop."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import RequestFactory
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.audit.models import KEPT, Action, Entry
from chatapp.conversations import housekeeping
from chatapp.server.database_errors import DatabaseFull

pytestmark = pytest.mark.django_db


def test_an_entry_keeps_the_email_of_a_person_who_is_deleted(member: Person) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.4")
    Entry.objects.record(Action.EXPORTED, member, request=request)
    member.delete()

    entry = Entry.objects.get()
    assert (entry.actor, entry.actor_email, entry.address) == (
        None,
        "member@example.com",
        "203.0.113.4",
    )


def test_housekeeping_removes_entries_after_180_days(owner: Person) -> None:
    for days in (0, 179, 181):
        entry = Entry.objects.record(Action.EXPORTED, owner, subject=str(days))
        Entry.objects.filter(pk=entry.pk).update(at=timezone.now() - timedelta(days=days))

    housekeeping._collect()

    assert KEPT.days == 180
    assert list(Entry.objects.order_by("pk").values_list("subject", flat=True)) == ["0", "179"]


def test_a_full_database_misses_the_entry_and_stops_nothing(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(Entry, "save", side_effect=DatabaseFull):
        Entry.objects.record(Action.DELETED_FOR_GOOD, owner)

    assert "the audit log misses: deleted_for_good" in caplog.text
    assert not Entry.objects.exists()


def test_any_other_failure_is_reported(owner: Person) -> None:
    with patch.object(Entry, "save", side_effect=DatabaseError), pytest.raises(DatabaseError):
        Entry.objects.record(Action.DELETED_FOR_GOOD, owner)
