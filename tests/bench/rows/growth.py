"""Twice the rows must not cost more.

Each case of `tests/bench/growth` runs in two processes of its own: on a database with some rows,
and on another one with twice as many. The two take turns, so that a slow moment meets both alike.
The CPU is that of the whole request within the process, and on Postgres also of its connection.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.servers.app import app_environment, prepare_database
from tests.servers.postgres import running_postgres
from tests.servers.processes import ROOT
from tests.support.people import OWNER

TURNS = 30
TWICE = 1.3  # that twice the rows may cost


@dataclass(frozen=True, slots=True)
class Described:
    """A case, as its process describes it."""

    name: str
    rows: int
    noun: str
    queries: int


@dataclass(frozen=True, slots=True)
class Filled:
    """A process whose database has the rows of all cases."""

    process: "subprocess.Popen[str]"
    cases: list[Described]

    def cpu(self, name: str) -> float:
        """Run a case once and return its CPU in ms."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{name}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "growth"
    folder.mkdir()
    with ExitStack() as stack:
        # A second process of Postgres for one query would not be counted.
        postgres = stack.enter_context(
            running_postgres(folder, max_parallel_workers_per_gather="0")
        )
        return [
            *_on("SQLite", [f"sqlite:///{folder}/{factor}.sqlite3" for factor in (1, 2)]),
            *_on("Postgres", [postgres.create_database(f"times{factor}") for factor in (1, 2)]),
        ]


def _on(engine: str, databases: list[str]) -> list[Figure]:
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(_filled(url, factor)) for factor, url in enumerate(databases, 1)
        )
        figures = []
        for less, more in zip(few.cases, many.cases, strict=True):
            turns = [(few.cpu(less.name), many.cpu(more.name)) for _ in range(TURNS)]
            figures += _figures(engine, less, more, turns)
    return figures


def _figures(
    engine: str, less: Described, more: Described, turns: list[tuple[float, float]]
) -> list[Figure]:
    name, floor_name = f"{more.name} of {more.rows:,} {more.noun}", f"{less.rows:,} {less.noun}"
    floor, ours = ([turn[which] for turn in turns] for which in (0, 1))
    return [
        Figure(
            name=f"{name}, CPU on {engine}",
            unit="ms",
            ours=median(ours),
            floor=median(floor),
            reach=TWICE,
            stated_floor=1,
            floor_name=floor_name,
            statistic=f"median of {TURNS}",
            samples=ours,
            floor_samples=floor,
        ),
        Figure(
            name=f"{name}, queries on {engine}",
            unit="",
            ours=more.queries,
            floor=less.queries,
            reach=1,
            stated_floor=1,
            floor_name=floor_name,
        ),
    ]


@contextmanager
def _filled(database: str, factor: int) -> Iterator[Filled]:
    environment = app_environment(DATABASE_URL=database)
    prepare_database(environment, OWNER)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.growth.process", str(factor)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        described = json.loads(process.stdout.readline())
        yield Filled(process, [Described(**each) for each in described])
    finally:
        process.terminate()
        process.communicate()
