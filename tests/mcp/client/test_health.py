"""Recording how the last use of a server went, for the owner."""

from datetime import UTC, datetime

import pytest

from chatapp.mcp.health import record
from chatapp.mcp.models import Server

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("before", "now"), [("", "It rained."), ("It rained.", "")])
async def test_a_change_is_saved(before: str, now: str) -> None:
    server = await Server.objects.acreate(name="Site", problem=before, checked_at=LONG_AGO)

    await record(server.pk, now)

    await server.arefresh_from_db()
    assert server.problem == now
    assert server.checked_at
    assert server.checked_at > LONG_AGO


@pytest.mark.parametrize("problem", ["", "It rained."])
async def test_an_unchanged_problem_is_not_saved_again(problem: str) -> None:
    server = await Server.objects.acreate(name="Site", problem=problem, checked_at=LONG_AGO)

    await record(server.pk, problem)

    await server.arefresh_from_db()
    assert server.checked_at == LONG_AGO


async def test_a_removed_server_is_ignored() -> None:
    await record(7, "It rained.")

    assert not await Server.objects.aexists()
