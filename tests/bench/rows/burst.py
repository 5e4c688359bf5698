"""Everybody sends within 3 s: what an exchange costs, with everything counted.

Each person begins a conversation and gets a reply of 300 tokens at 50 a second. The app and all
its stores run on one core, the model and the tabs on the other: first with SQLite, then with
Postgres and Redis. The first token counts from the question until it is at the socket, the delay
of a token from the model to the socket. Delay and CPU are those of all tokens, from the first
question until every reply is stored and every conversation has a title. The CPU of Postgres and
Redis counts too. An exchange without its tokens is the same with replies of one token. A reply has
failed when its tab did not get all of it, or when the database does not hold it as the model wrote
it. The app has answered one person before.

The reaches are for a machine on which nginx, as a pipe for the same streams, takes 36 ms of CPU
per 1,000 tokens with 50 people and 33 ms with 200. They are scaled by what it takes in this run,
before the app or after it, whichever has the shorter delays. Postgres and Redis may take 1.3 times
as long as SQLite.
"""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tests.bench.burst import Burst, Setting, piped, played
from tests.bench.figures import Figure, quantile
from tests.bench.floor.proxy import name as proxy_name
from tests.bench.floor.proxy import running_proxy
from tests.bench.harness import Bench, Model
from tests.bench.load import HARNESS, SERVERS, Load
from tests.servers.postgres import running_postgres
from tests.servers.processes import pinned, running
from tests.servers.redis import running_redis

WAITS = ("first token, p50", "first token, p99")
DELAYS = ("delay of a token, p50", "delay of a token, p99")
CPU, EXCHANGE = "CPU per 1,000 tokens", "CPU of an exchange without its tokens"
WORDS = (*WAITS, *DELAYS, CPU, EXCHANGE)


@dataclass(frozen=True, slots=True)
class Reaches:
    """In ms, for a machine on which nginx takes `proxy_cpu`."""

    proxy_cpu: float  # per 1,000 tokens
    wait_p50: float
    wait_p99: float
    cpu: float  # per 1,000 tokens
    delay_p99: float | None = None
    exchange: float = 25


REACHES = {
    50: Reaches(36, wait_p50=60, wait_p99=250, cpu=150),
    200: Reaches(33, wait_p50=1000, wait_p99=3000, cpu=120, delay_p99=150),
}
OF_SQLITE = 1.3
OTHERS = {
    50: "reference app 7 / 17 ms, 180 ms per 1,000 tokens; Open WebUI 3.9 / 10.8 s, 1,040 ms",
    200: "reference app 17 / 120 ms, 120 ms per 1,000 tokens; Open WebUI 15.9 / 24.9 s, 1,120 ms",
}


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "burst"
    folder.mkdir()
    with ExitStack() as stack:
        served = stack.enter_context(running("tests.bench.model", core=HARNESS))
        model = Model(served.url, served.pid)
        floor = stack.enter_context(running_proxy(model.url, folder, SERVERS))
        pipes = [{count: piped(count, floor, model) for count in REACHES}]
        sqlite = played(Setting(folder, model), *REACHES)
        postgres = _on_postgres(folder, model)
        pipes.append({count: piped(count, floor, model) for count in REACHES})
    figures = []
    for count, reaches in REACHES.items():
        pipe = min((pipe[count] for pipe in pipes), key=lambda run: quantile(run.all_delays, 0.99))
        figures += _figures(count, reaches, sqlite[count], pipe)
        figures += _compared(count, sqlite[count], postgres[count])
    return figures


def _on_postgres(folder: Path, model: Model) -> dict[int, Burst]:
    with ExitStack() as stack:
        with pinned(SERVERS):
            database = stack.enter_context(running_postgres(folder))
            redis = stack.enter_context(running_redis(folder))
        assert redis.process
        setting = Setting(
            folder,
            model,
            {"DATABASE_URL": database.create_database("chat"), "REDIS_URL": redis.url},
            (database.pid, redis.process.pid),
        )
        return played(setting, *REACHES)


def _figures(count: int, reaches: Reaches, burst: Burst, pipe: Load) -> list[Figure]:
    slowness = pipe.whole_cpu / reaches.proxy_cpu
    values, pipes = _values(burst), _quantities(pipe)
    waits = (reaches.wait_p50, reaches.wait_p99)
    limits = (*waits, None, reaches.delay_p99, reaches.cpu, reaches.exchange)
    return [
        _failed(f"{count} send within 3 s", burst),
        *(
            Figure(
                name=f"{count} send within 3 s, {words}",
                unit="ms",
                ours=values[words],
                floor=pipes.get(words),
                floor_name=proxy_name() if words in pipes else "floor",
                reach=reach,
                slowness=slowness,
                others=OTHERS[count] if words == WORDS[0] else "",
                statistic=burst.whole.harness_cpu if words == CPU else "",
            )
            for words, reach in zip(WORDS, limits, strict=True)
        ),
    ]


def _compared(count: int, sqlite: Burst, postgres: Burst) -> list[Figure]:
    name = f"{count} send within 3 s, Postgres and Redis"
    values, floors = _values(postgres), _values(sqlite)
    stores = postgres.whole.stores_cpu / postgres.whole.servers.cpu
    return [
        _failed(name, postgres),
        *(
            Figure(
                name=f"{name}, {words}",
                unit="ms",
                ours=values[words],
                floor=floors[words],
                floor_name="SQLite",
                reach=None if words in DELAYS else OF_SQLITE,
                stated_floor=None if words in DELAYS else 1,
                statistic=f"Postgres and Redis: {stores:.2f} of the app's" if words == CPU else "",
            )
            for words in WORDS
        ),
    ]


def _values(burst: Burst) -> dict[str, float]:
    return {**_quantities(burst.whole), EXCHANGE: burst.short.cpu_per_reply}


def _quantities(run: Load) -> dict[str, float]:
    shares = (0.5, 0.99)
    return {
        **{words: quantile(run.waits, share) for words, share in zip(WAITS, shares, strict=True)},
        **{
            words: quantile(run.all_delays, share)
            for words, share in zip(DELAYS, shares, strict=True)
        },
        CPU: run.whole_cpu,
    }


def _failed(name: str, burst: Burst) -> Figure:
    return Figure(name=f"{name}, failed or untitled", unit="", ours=burst.failed, reach=0)
