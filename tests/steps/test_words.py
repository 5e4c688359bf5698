"""The person's word about a call, when the process that asked is not the one that hears it."""

import asyncio
from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres, needs_redis
from tests.servers.redis import RedisServer
from tests.steps.house import House, ground
from tests.steps.stories import STORIES

POOL = "3"  # connections of each process


# One test, so that servers start once however many processes share the tests.
@needs_postgres
@needs_redis
@pytest.mark.timeout(240)
async def test_a_word_counts_once_wherever_it_is_said(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    async with ground(tmp_path, CHAT_DATABASE_POOL_SIZE=POOL) as place:
        async with place.house(2) as house:
            await tell_all(house, "alone")
        async with place.house(2, REDIS_URL=redis_server.url) as house:
            await tell_all(house, "joined")


async def tell_all(house: House, kind: str) -> None:
    """All at once: they share nothing but the house."""
    async with asyncio.TaskGroup() as telling:
        for number, story in enumerate(STORIES):
            telling.create_task(story(house, f"{kind}{number}"))
