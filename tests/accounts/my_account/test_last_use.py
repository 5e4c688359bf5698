"""When sessions were last used: noted without a query, written together."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from django.db import DatabaseError
from django.test import AsyncClient

from chatapp.accounts.models import Person, SignIn
from chatapp.accounts.my_account import last_use

pytestmark = pytest.mark.django_db(transaction=True)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PATH = "/account/password/changed/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def _nothing_noted() -> Iterator[None]:
    last_use._noted.clear()
    last_use._waiting.clear()
    yield
    last_use._noted.clear()
    last_use._waiting.clear()


async def test_a_request_is_written_later(async_owner_client: AsyncClient) -> None:
    await SignIn.objects.aupdate(last_used_at=LONG_AGO)

    await async_owner_client.get(PATH)
    assert (await SignIn.objects.aget()).last_used_at == LONG_AGO
    await last_use.write()

    assert (await SignIn.objects.aget()).last_used_at > LONG_AGO


async def test_a_session_is_noted_once_in_five_minutes(async_owner_client: AsyncClient) -> None:
    await async_owner_client.get(PATH)
    await last_use.write()
    await async_owner_client.get(PATH)
    assert not last_use._waiting

    for key in last_use._noted:
        last_use._noted[key] -= last_use.NOTED_SECONDS
    await async_owner_client.get(PATH)
    assert last_use._waiting


async def test_a_session_of_an_older_release_gets_its_row(
    async_owner_client: AsyncClient, owner: Person
) -> None:
    await SignIn.objects.all().adelete()

    await async_owner_client.get(PATH, headers={"user-agent": FIREFOX})
    await last_use.write()

    row = await SignIn.objects.aget()
    assert (row.person_id, row.user_agent, row.signed_in_at) == (owner.pk, FIREFOX, None)


async def test_a_person_who_is_gone_meanwhile_is_left_out(
    async_owner_client: AsyncClient, async_member_client: AsyncClient, member: Person
) -> None:
    await SignIn.objects.all().adelete()
    for client in (async_owner_client, async_member_client):
        await client.get(PATH)
    await Person.objects.filter(pk=member.pk).adelete()

    await last_use.write()

    assert await SignIn.objects.acount() == 1


async def test_what_the_database_refuses_is_written_later(async_owner_client: AsyncClient) -> None:
    await SignIn.objects.aupdate(last_used_at=LONG_AGO)
    await async_owner_client.get(PATH)
    with patch.object(last_use, "_write", side_effect=DatabaseError):
        await last_use.write()

    await last_use.write()

    assert (await SignIn.objects.aget()).last_used_at > LONG_AGO


def test_many_sessions_are_written_with_a_few_queries(
    owner: Person, django_assert_num_queries: Callable[[int], AbstractContextManager[None]]
) -> None:
    keys = [f"{number:032}" for number in range(300)]
    SignIn.objects.bulk_create(
        SignIn(person=owner, session_key=key, user_agent="a") for key in keys
    )

    with django_assert_num_queries(3):
        last_use._write({key: last_use.Use(owner.pk, "a", "b") for key in keys})
