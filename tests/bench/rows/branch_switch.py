"""Switching from a branch of 10,000 messages to another one, and back: the time in the server.

The first message has two versions, so that a switch concerns everything. The number of queries must
be that of a short branch.
"""

import json
import subprocess
import sys
from statistics import median

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.servers.app import app_environment, prepare_database
from tests.servers.postgres import running_postgres
from tests.servers.processes import ROOT
from tests.support.people import OWNER

SHORT, LONG = 10, 10_000  # messages
MAX_TIME = 300  # ms


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "switch"
    folder.mkdir()
    figures = _on("SQLite", [f"sqlite:///{folder}/{count}.sqlite3" for count in (SHORT, LONG)])
    with running_postgres(folder) as postgres:
        databases = [postgres.create_database(f"of{count}") for count in (SHORT, LONG)]
        return figures + _on("Postgres", databases)


def _on(engine: str, databases: list[str]) -> list[Figure]:
    (few, _times), (many, times) = (
        _switched(url, count) for url, count in zip(databases, (SHORT, LONG), strict=True)
    )
    return [
        Figure(
            name=f"Switching a branch of {LONG:,} messages on {engine}",
            unit="ms",
            ours=median(times),
            reach=MAX_TIME,
            statistic=f"median of {len(times)}, the slower direction",
            samples=times,
        ),
        Figure(
            name=f"Queries of that on {engine}",
            unit="",
            ours=many,
            floor=few,
            reach=1,
            stated_floor=1,
            floor_name=f"{SHORT} messages",
        ),
    ]


def _switched(database: str, count: int) -> tuple[int, list[float]]:
    environment = app_environment(DATABASE_URL=database)
    prepare_database(environment, OWNER)
    command = [sys.executable, "-m", "tests.bench.branch_switch", str(count)]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    queries, times = json.loads(run.stdout)
    return queries, times
