"""The person of a request before Django has read it: only a valid session has one."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.sessions import find_person
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def scope_with(*cookies: str) -> dict[str, Any]:
    return {"type": "http", "headers": [(b"cookie", cookie.encode()) for cookie in cookies]}


@pytest.fixture
def session(member: Person) -> str:
    """Return the key of a session in which the member signed in."""
    client = Client()
    client.force_login(member)
    return client.cookies["sessionid"].value


@pytest.fixture
def unnamed(db: None) -> str:
    """Return the key of a session in which nobody signed in."""
    key: str = Client().session.session_key
    return key


async def test_a_session_names_its_person(member: Person, session: str) -> None:
    assert await find_person(scope_with(f"sessionid={session}")) == member.pk
    assert await find_person(scope_with("theme=dark", f"a=b; sessionid={session}")) == member.pk


@pytest.mark.parametrize(
    "cookies",
    [
        (),
        ("",),
        ("sessionid=invented",),
        ("sessionid=",),
        ("sessionid=" + "x" * 32,),
        ("sessionid=" + "x" * 5000,),
        ("sessionid=\0;sessionid",),
        ("sessionid=é",),
        ("csrftoken=sessionid",),
    ],
)
async def test_an_invented_session_has_no_person(session: str, cookies: tuple[str, ...]) -> None:
    assert await find_person(scope_with(*cookies)) is None


async def test_an_expired_session_has_no_person(session: str) -> None:
    await Session.objects.aupdate(expire_date=timezone.now() - timedelta(seconds=1))

    assert await find_person(scope_with(f"sessionid={session}")) is None


async def test_an_ended_session_has_no_person(session: str) -> None:
    await Session.objects.all().adelete()

    assert await find_person(scope_with(f"sessionid={session}")) is None


async def test_a_deactivated_person_is_not_found(member: Person, session: str) -> None:
    await Person.objects.filter(pk=member.pk).aupdate(is_active=False)

    assert await find_person(scope_with(f"sessionid={session}")) is None


async def test_a_deleted_person_is_not_found(member: Person, session: str) -> None:
    await member.adelete()

    assert await find_person(scope_with(f"sessionid={session}")) is None


async def test_a_new_password_ends_earlier_sessions(member: Person, session: str) -> None:
    member.set_password(PASSWORD + " anew")
    await member.asave()

    assert await find_person(scope_with(f"sessionid={session}")) is None


async def test_a_session_without_a_sign_in_has_no_person(unnamed: str) -> None:
    assert await find_person(scope_with(f"sessionid={unnamed}")) is None
