"""The state of a line in Redis and in the database: nobody's change is lost, whatever fails."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from django.db import OperationalError

from chatapp.spending.line import order, rules
from chatapp.spending.line.state import Entry, State
from chatapp.spending.line.stores import Clock, StoreAway
from chatapp.spending.line.stores.database import DatabaseStore
from chatapp.spending.line.stores.redis import RedisStore
from chatapp.spending.line.stores.shared import SharedStore
from chatapp.spending.line.stores.versioned import VersionedStore
from chatapp.spending.models import LineProcess, SharedLine
from tests.servers.redis import RedisServer
from tests.spending.line.states import entry

KEY = "model"

type Open = Callable[[], VersionedStore]


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a Redis on a busy machine."""
    monkeypatch.setattr("chatapp.spending.line.stores.redis.TIMEOUT_SECONDS", 10.0)


@pytest.fixture
async def open_redis(redis_server: RedisServer) -> AsyncIterator[Open]:
    opened: list[RedisStore] = []

    def open_one() -> RedisStore:
        opened.append(RedisStore(redis_server.url, "test", Clock(), 60.0))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


def wait(one: Entry, state: State, now: float) -> None:
    rules.renew(state, one.process, now)
    if one.id not in state.waiting:
        order.arrive(state, one)


def use(requests: int, state: State, now: float) -> None:
    state.window.forget(now)
    state.window.add(now, requests, 10)


def look(state: State, now: float) -> None:
    rules.clean_up(state, now)


async def changes_of_many(stores: list[VersionedStore]) -> int:
    """Change the state at once from each store, five times; return how many changes are there."""

    async def change(store: VersionedStore) -> None:
        for _ in range(5):
            await store.change(KEY, partial(wait, entry()))

    await asyncio.gather(*map(change, stores))
    return len((await stores[0].change(KEY, look)).waiting)


async def test_redis_loses_no_change(open_redis: Open) -> None:
    assert await changes_of_many([open_redis() for _ in range(4)]) == 20


@pytest.mark.django_db(transaction=True)
async def test_the_database_loses_no_change() -> None:
    stores: list[VersionedStore] = [DatabaseStore(Clock(), 60.0) for _ in range(3)]
    assert await changes_of_many(stores) == 15
    assert await SharedLine.objects.acount() == 1


async def test_a_process_alone_needs_one_round_trip(
    open_redis: Open, redis_server: RedisServer
) -> None:
    store = open_redis()
    await store.change(KEY, look)
    with redis_server.client() as client:
        before = client.info("commandstats")["cmdstat_evalsha"]["calls"]
        await store.change(KEY, partial(use, 1))
        assert client.info("commandstats")["cmdstat_evalsha"]["calls"] - before == 1


async def test_the_clock_is_that_of_redis(redis_server: RedisServer) -> None:
    clock = Clock(lambda: 5.0)
    store = RedisStore(redis_server.url, "test", clock, 60.0)
    await store.change(KEY, look)
    seconds, _ = redis_server.client().time()
    assert clock.now() == pytest.approx(seconds, abs=2)
    await store.close()


async def test_a_restart_of_redis_loses_nothing_that_a_process_knows(
    open_redis: Open, redis_server: RedisServer
) -> None:
    store, other = open_redis(), open_redis()
    await store.change(KEY, partial(use, 7))
    redis_server.stop()
    with pytest.raises(StoreAway):
        await store.change(KEY, look)
    redis_server.start()
    assert (await store.change(KEY, look)).window.requests == 7
    assert (await other.change(KEY, look)).window.requests == 7


class TestShared:
    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    @pytest.fixture
    async def shared(self, redis_server: RedisServer, clock: Clock) -> AsyncIterator[SharedStore]:
        store = RedisStore(redis_server.url, "test", clock, 60.0)
        yield SharedStore("one", store, clock, 60.0, lambda: True)
        await store.close()

    async def test_without_redis_a_process_keeps_to_its_share(
        self,
        shared: SharedStore,
        open_redis: Open,
        redis_server: RedisServer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("chatapp.spending.line.stores.shared.AWAY_SECONDS", 0.0)
        other = open_redis()
        await other.change(KEY, partial(wait, entry(process="two")))
        await shared.change(KEY, partial(wait, entry(process="one")))
        await shared.change(KEY, partial(use, 20))

        redis_server.stop()
        apart = await shared.change(KEY, partial(use, 5))
        assert (apart.share, apart.window.requests) == (0.5, 15)
        assert [one.process for one in apart.waiting.values()] == ["one"]

        redis_server.start()
        together = await shared.change(KEY, look)
        assert (together.share, together.window.requests) == (1.0, 25)

    async def test_a_stalled_redis_delays_one_call_and_is_left_alone_then(
        self, shared: SharedStore, redis_server: RedisServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await shared.change(KEY, partial(use, 1))
        monkeypatch.setattr("chatapp.spending.line.stores.redis.TIMEOUT_SECONDS", 0.5)
        monkeypatch.setattr("chatapp.spending.line.stores.shared.AWAY_SECONDS", 60.0)
        redis_server.pause()
        loop = asyncio.get_running_loop()
        await shared.change(KEY, partial(use, 1))
        begin = loop.time()
        for _ in range(50):
            await shared.change(KEY, partial(use, 1))
        assert loop.time() - begin < 0.4
        redis_server.resume()

    async def test_a_process_that_learns_of_others_brings_what_it_used(
        self, redis_server: RedisServer, clock: Clock, open_redis: Open
    ) -> None:
        others = 0
        store = open_redis()
        store.clock = clock
        shared = SharedStore("one", store, clock, 60.0, lambda: others > 0)
        alone = await shared.change(KEY, partial(use, 9))
        assert (alone.share, redis_server.client().dbsize()) == (1.0, 0)
        others = 1
        assert (await shared.change(KEY, look)).window.requests == 9
        others = 0
        again = await shared.change(KEY, partial(use, 1))
        assert (again.share, again.window.requests) == (1.0, 10)


@pytest.mark.django_db(transaction=True)
async def test_a_database_that_fails_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise OperationalError

    monkeypatch.setattr("chatapp.spending.models.shared_line.SharedLineQuerySet.store", fail)
    with pytest.raises(StoreAway):
        await DatabaseStore(Clock(), 60.0).change(KEY, look)


@pytest.mark.django_db
def test_processes_count_each_other_while_they_live(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "chatapp.server.process_name.NAME"
    assert LineProcess.objects.beat() == 0
    monkeypatch.setattr(name, "two")
    assert LineProcess.objects.beat() == 1
    LineProcess.objects.exclude(name="two").update(seen_at="2026-01-01T00:00:00Z")
    assert LineProcess.objects.beat() == 0
