"""Session and person in one query, and yet nothing about them is believed from memory."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts import signed_in
from chatapp.accounts.models import Person
from chatapp.accounts.signed_in import signed_in_person

pytestmark = pytest.mark.django_db


def request_with(key: str | None) -> HttpRequest:
    request = HttpRequest()
    request.session = SessionStore(key)
    return request


@pytest.fixture
def key(owner_client: Client) -> str:
    """The key of the owner's session, whose person this process remembers."""
    key = str(owner_client.cookies["sessionid"].value)
    assert signed_in_person(request_with(key)).is_authenticated
    return key


def test_session_and_person_take_one_query(key: str, owner: Person) -> None:
    request = request_with(key)

    with CaptureQueriesContext(connection) as captured:
        person = signed_in_person(request)
        is_accessed = request.session.accessed
        data = dict(request.session.items())

    assert len(captured) == 1
    assert person == owner
    expected = {*vars(get_user(request_with(key))), "lacks_two_step"}
    assert vars(person).keys() == expected
    assert data == dict(request_with(key).session.items())
    assert is_accessed  # so that the response varies with the cookie


def _sign_out(owner: Person) -> None:
    Session.objects.all().delete()


def _expire(owner: Person) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))


def _deactivate(owner: Person) -> None:
    Person.objects.update(is_active=False)


def _choose_password(owner: Person) -> None:
    owner.set_password("another one")
    owner.save()


def _remove(owner: Person) -> None:
    Person.objects.all().delete()


def _forge(owner: Person) -> None:
    Session.objects.update(session_data="e30:1wXwdp:AAAA")


@pytest.mark.parametrize(
    "end", [_sign_out, _expire, _deactivate, _choose_password, _remove, _forge]
)
def test_what_ends_a_session_counts_at_once(
    key: str, owner: Person, end: Callable[[Person], Any]
) -> None:
    end(owner)

    assert not signed_in_person(request_with(key)).is_authenticated


def test_a_session_that_is_another_person_now_is_theirs(
    key: str, owner: Person, member: Person
) -> None:
    member.password = owner.password  # then the hash in both sessions is the same
    member.save()
    theirs = Client()
    theirs.force_login(member)
    other = Session.objects.get(pk=theirs.cookies["sessionid"].value)
    Session.objects.filter(pk=key).update(session_data=other.session_data)

    assert signed_in_person(request_with(key)) == member


@pytest.mark.parametrize("unknown", [None, "", "x" * 32, "' OR 1=1 --", "x" * 5000])
def test_a_key_without_a_session_is_a_stranger(key: str, unknown: str | None) -> None:
    assert not signed_in_person(request_with(unknown)).is_authenticated


def test_a_process_remembers_a_limited_number(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_in, "MAX_REMEMBERED", 2)
    remembered = {str(number): uuid4() for number in range(2)}
    monkeypatch.setattr(signed_in, "_person_ids", remembered)

    assert signed_in_person(request_with(key)).is_authenticated

    assert list(remembered) == [key]
