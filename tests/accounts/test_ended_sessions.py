"""Sockets of sessions that ended where no process noticed are closed within a heartbeat."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from chatapp import background
from chatapp.accounts import ended_sessions
from chatapp.accounts.models import Person
from chatapp.realtime import protocol
from tests.support.tab import Tab

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(seconds=1)


async def _delete_session(key: str, person: Person) -> None:
    await Session.objects.filter(session_key=key).adelete()


async def _expire_session(key: str, person: Person) -> None:
    await Session.objects.filter(session_key=key).aupdate(expire_date=timezone.now() - LATER)


async def _empty_session(key: str, person: Person) -> None:
    await Session.objects.filter(session_key=key).aupdate(session_data="")


async def _deactivate(key: str, person: Person) -> None:
    await Person.objects.filter(pk=person.pk).aupdate(is_active=False)


async def _change_password(key: str, person: Person) -> None:
    await Person.objects.filter(pk=person.pk).aupdate(password="another")


async def _delete_person(key: str, person: Person) -> None:
    await Person.objects.filter(pk=person.pk).adelete()


@pytest.mark.parametrize(
    "end",
    [
        _delete_session,
        _expire_session,
        _empty_session,
        _deactivate,
        _change_password,
        _delete_person,
    ],
)
async def test_a_session_that_ended_by_hand_closes_its_socket(
    owner: Person, member: Person, end: object
) -> None:
    tab, other = await Tab.of(owner), await Tab.of(member)
    async with tab.listening() as gone, other.listening() as stays:
        await end(tab.client.cookies["sessionid"].value, owner)  # type: ignore[operator]
        await ended_sessions.close_ended()

        assert (await gone.message())["code"] == 1012
        assert await stays.is_silent()


async def test_a_database_that_is_away_closes_nothing(owner: Person) -> None:
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        with patch.object(ended_sessions, "valid_sessions", side_effect=DatabaseError):
            await ended_sessions.close_ended()
        assert await live.is_silent()


async def test_it_is_looked_up_with_every_heartbeat(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "PULSE_SECONDS", 0.02)
    tab = await Tab.of(owner)
    async with tab.listening() as live:
        ended_sessions.start()
        await Session.objects.all().adelete()
        async with asyncio.timeout(10):
            while (await live.message()).get("code") != 1012:
                pass  # a heartbeat came first
    await background.drain(5)


def test_a_thousand_sessions_cost_a_few_queries(
    owner: Person, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    browser = Client()
    browser.force_login(owner)
    keys = [f"{number:032}" for number in range(1000)]
    Session.objects.bulk_create(
        Session(session_key=key, session_data="", expire_date=timezone.now() + LATER)
        for key in keys
    )
    own = browser.cookies["sessionid"].value

    with django_assert_num_queries(4):  # in three batches, one of which names a person
        assert ended_sessions.valid_sessions([own, *keys]) == {own}
