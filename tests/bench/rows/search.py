"""Searching in 500,000 messages of 20 people, of whom one has 200,000.

Server time is that of the whole request within the process, of 200 mixed queries. The same queries
run on half of the rows, in turns. Saving is the CPU of an exchange and of its reply's end, with the
index and without. Building the rows takes minutes: SEARCH_ROWS=50000 shortens it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

from tests.bench.figures import Figure, quantile
from tests.bench.harness import Bench
from tests.servers.app import app_environment, prepare_database
from tests.servers.postgres import running_postgres
from tests.servers.processes import ROOT
from tests.support.people import OWNER

ROWS = int(os.environ.get("SEARCH_ROWS", "500000"))
QUERIES = 200
SERVER_TIME = 100  # ms
TWICE = 1.3  # that twice the rows may cost
SAVING = 1.0  # ms that it may take more
SAVES = 60

type Process = subprocess.Popen[str]


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "search"
    folder.mkdir()
    with ExitStack() as stack:
        postgres = stack.enter_context(
            running_postgres(folder, shared_buffers="64MB", max_parallel_workers_per_gather="0")
        )
        return [
            *compare("SQLite", [f"sqlite:///{folder}/{name}.sqlite3" for name in ("half", "all")]),
            *compare("Postgres", [postgres.create_database(name) for name in ("half", "all")]),
        ]


def compare(engine: str, databases: list[str]) -> list[Figure]:
    """Return the figures of a database with half of the rows and of one with all."""
    with ExitStack() as stack:
        half, full = (
            stack.enter_context(_filled(url, rows))
            for url, rows in zip(databases, (ROWS // 2, ROWS), strict=True)
        )
        for number in range(0, QUERIES, 10):  # warms up
            _ask(half, str(number))
            _ask(full, str(number))
        turns = [(_ask(half, str(each)), _ask(full, str(each))) for each in range(QUERIES)]
        saves = [_ask(full, "save") for _ in range(SAVES)]
    few, many = ([turn[which] for turn in turns] for which in (0, 1))
    return [
        _server_time(engine, [wall for wall, _cpu in many]),
        _most_cpu(engine, [cpu for _wall, cpu in many]),
        _cpu(engine, [cpu for _wall, cpu in few], [cpu for _wall, cpu in many]),
        _saving(engine, saves),
    ]


def _server_time(engine: str, times: list[float]) -> Figure:
    return Figure(
        name=f"Server time of a search in {ROWS:,} messages on {engine}",
        unit="ms",
        ours=quantile(times, 0.95),
        reach=SERVER_TIME,
        statistic=f"p95 of {QUERIES} mixed queries",
        samples=times,
    )


def _most_cpu(engine: str, used: list[float]) -> Figure:
    """Return what the server time would be on a machine with nothing else to do."""
    return Figure(
        name=f"CPU of a search in {ROWS:,} messages on {engine}, slow ones",
        unit="ms",
        ours=quantile(used, 0.95),
        statistic=f"p95 of {QUERIES} mixed queries",
        samples=used,
    )


def _cpu(engine: str, few: list[float], many: list[float]) -> Figure:
    return Figure(
        name=f"CPU of a search in {ROWS:,} messages on {engine}",
        unit="ms",
        ours=sum(many) / len(many),
        floor=sum(few) / len(few),
        reach=TWICE,
        stated_floor=1,
        floor_name=f"{ROWS // 2:,} messages",
        statistic=f"mean of {QUERIES}",
        samples=many,
        floor_samples=few,
    )


def _saving(engine: str, saves: list[tuple[float, float]]) -> Figure:
    more = [(ours - without) / 2 for ours, without in saves]  # of two messages
    return Figure(
        name=f"CPU that the index adds to saving a message on {engine}",
        unit="ms",
        ours=median(more),
        reach=SAVING,
        statistic=f"median of {SAVES}",
        samples=more,
    )


def _ask(process: Process, line: str) -> tuple[float, float]:
    assert process.stdin
    assert process.stdout
    process.stdin.write(f"{line}\n")
    process.stdin.flush()
    first, second = json.loads(process.stdout.readline())
    return first, second


@contextmanager
def _filled(database: str, rows: int) -> Iterator[Process]:
    environment = app_environment(DATABASE_URL=database)
    prepare_database(environment, OWNER)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.searches", str(rows), str(QUERIES)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline().strip() == "filled"
        yield process
    finally:
        process.terminate()
        process.communicate()
