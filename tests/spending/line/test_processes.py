"""Two processes and one quota, over a real Redis and over the database, in a minute of 0.8 s."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import pytest

from chatapp.inference import CompletionRequest, Quota, RateLimits
from chatapp.replies.line import Call
from chatapp.spending.line import model_line
from chatapp.spending.line.service_line import ServiceLine
from chatapp.spending.line.stores import Clock
from chatapp.spending.line.stores.database import DatabaseStore
from chatapp.spending.line.stores.redis import RedisStore
from chatapp.spending.line.stores.shared import SharedStore
from chatapp.spending.line.stores.versioned import VersionedStore
from tests.servers.redis import RedisServer
from tests.spending.line.simulation import MODEL, estimated

MINUTE, LIMIT = 0.8, 4
REQUEST = CompletionRequest(MODEL, (estimated(100),), max_tokens=1_000)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_line, "POLL_SECONDS", 0.1)
    monkeypatch.setattr("chatapp.spending.line.stores.redis.TIMEOUT_SECONDS", 10.0)


async def until_stored(lines: list[ServiceLine]) -> None:
    """Wait for the changes that nobody awaits: of reports, and of calls that ended."""
    for line in lines:
        while tasks := line._line_of(MODEL)._tasks:
            await asyncio.wait(set(tasks))


async def made_at(open_store: Callable[[Clock], VersionedStore], count: int) -> list[float]:
    """Make calls over two processes at once; return after how long each was made, in order."""
    lines, stores = [], []
    for name in ("one", "two"):
        clock = Clock()
        stores.append(SharedStore(name, open_store(clock), clock, MINUTE, lambda: True))
        lines.append(ServiceLine(name, window_seconds=MINUTE, clock=clock, store=stores[-1]))
    lines[0].report(MODEL, RateLimits(Quota(LIMIT, LIMIT, 1.0), Quota()))
    await until_stored(lines)
    times: list[float] = []
    begin = asyncio.get_running_loop().time()

    async def make() -> None:
        times.append(asyncio.get_running_loop().time() - begin)

    calls = [Call(uuid4(), REQUEST, float(n), make) for n in range(count)]
    await asyncio.gather(*(lines[n % 2].go(call) for n, call in enumerate(calls)))
    await until_stored(lines)
    for store in stores:
        await store.close()
    return sorted(times)


def assert_within_quota(times: list[float], count: int) -> None:
    assert len(times) == count
    assert all(at >= number // LIMIT * MINUTE for number, at in enumerate(times))


async def test_over_redis(redis_server: RedisServer) -> None:
    def open_store(clock: Clock) -> RedisStore:
        return RedisStore(redis_server.url, "test", clock, MINUTE)

    assert_within_quota(await made_at(open_store, 10), 10)


@pytest.mark.django_db(transaction=True)
async def test_over_the_database() -> None:
    assert_within_quota(await made_at(lambda clock: DatabaseStore(clock, MINUTE), 10), 10)
