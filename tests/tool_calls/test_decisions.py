"""A person may decide about a call at another process than the one that asked."""

import asyncio
from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres, needs_redis
from tests.servers.redis import RedisServer
from tests.tool_calls.decision_scenarios import SCENARIOS
from tests.tool_calls.environment import postgres_environment

POOL = "3"  # connections of each process


# A single test, so that the servers start once however many workers share the tests.
@needs_postgres
@pytest.mark.long
@pytest.mark.timeout(240)
async def test_a_decision_counts_once_in_any_process(tmp_path: Path) -> None:
    await play_all(tmp_path)


@needs_postgres
@needs_redis
@pytest.mark.long
@pytest.mark.timeout(240)
async def test_a_decision_counts_once_in_processes_joined_by_redis(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    await play_all(tmp_path, REDIS_URL=redis_server.url)


async def play_all(folder: Path, **config_vars: str) -> None:
    """Play all scenarios at once, because they share nothing but the instance."""
    async with (
        postgres_environment(folder, CHAT_DATABASE_POOL_SIZE=POOL) as environment,
        environment.instance(2, **config_vars) as instance,
        asyncio.TaskGroup() as playing,
    ):
        for number, scenario in enumerate(SCENARIOS):
            playing.create_task(scenario(instance, f"s{number}"))
