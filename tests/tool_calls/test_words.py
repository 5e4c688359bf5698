"""The person's word about a call, when the process that asked is not the one that hears it."""

import asyncio
from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres, needs_redis
from tests.servers.redis import RedisServer
from tests.tool_calls.house import ground
from tests.tool_calls.stories import STORIES

POOL = "3"  # connections of each process


# All stories are one test, so that servers start once however many processes share the tests.
@needs_postgres
@pytest.mark.timeout(240)
async def test_a_word_counts_once_wherever_it_is_said(tmp_path: Path) -> None:
    await tell_all(tmp_path)


@needs_postgres
@needs_redis
@pytest.mark.long
@pytest.mark.timeout(240)
async def test_so_it_does_where_redis_joins_the_processes(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    await tell_all(tmp_path, REDIS_URL=redis_server.url)


async def tell_all(folder: Path, **environment: str) -> None:
    """All at once: they share nothing but the house."""
    async with (
        ground(folder, CHAT_DATABASE_POOL_SIZE=POOL) as place,
        place.house(2, **environment) as house,
        asyncio.TaskGroup() as telling,
    ):
        for number, story in enumerate(STORIES):
            telling.create_task(story(house, f"told{number}"))
