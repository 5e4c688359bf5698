"""How the last use of a server went, for the owner."""

from datetime import UTC, datetime

import pytest

from chatapp.connectors.health import note
from chatapp.connectors.models import Server

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("before", "now"), [("", "It rained."), ("It rained.", "")])
async def test_what_is_new_is_written(before: str, now: str) -> None:
    server = await Server.objects.acreate(name="Site", problem=before, checked_at=LONG_AGO)

    await note(server.pk, now)

    await server.arefresh_from_db()
    assert server.problem == now
    assert server.checked_at
    assert server.checked_at > LONG_AGO


@pytest.mark.parametrize("problem", ["", "It rained."])
async def test_what_is_known_is_not_written(problem: str) -> None:
    server = await Server.objects.acreate(name="Site", problem=problem, checked_at=LONG_AGO)

    await note(server.pk, problem)

    await server.arefresh_from_db()
    assert server.checked_at == LONG_AGO


async def test_a_server_that_was_removed_is_nothing_to_note() -> None:
    await note(7, "It rained.")

    assert not await Server.objects.aexists()
