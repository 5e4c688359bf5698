"""Ledger and caps, for each send: the CPU in the app, and the queries.

A send looks at the caps, records the call with what it can cost at most, and settles it at its end;
the request has 20 messages. The floor is one row, inserted and updated on the same database. The
limit is for ledger, caps and waiting line together; the line asks Redis or nobody.
"""

import json
import subprocess
import sys
from statistics import median
from typing import Any

from tests.bench.figures import Figure
from tests.bench.harness import Bench
from tests.servers.app import app_environment, prepare_database
from tests.servers.postgres import running_postgres
from tests.servers.processes import ROOT
from tests.support.people import OWNER

SENDS = 300
MAX_CPU = 3  # ms
MAX_QUERIES = 2


def measure(bench: Bench) -> list[Figure]:
    folder = bench.folder / "spending"
    folder.mkdir()
    figures = _on("SQLite", f"sqlite:///{folder}/spending.sqlite3")
    with running_postgres(folder, fsync="on") as postgres:
        return figures + _on("Postgres", postgres.create_database("spending"))


def _on(engine: str, database: str) -> list[Figure]:
    found = _measured(database)
    _queries, floor = found["floor"]
    figures = []
    for name in ("no caps", "four caps"):
        queries, times = found[name]
        figures += [
            Figure(
                name=f"Ledger and cap, per send: CPU, {name}, {engine}",
                unit="ms",
                ours=median(times),
                floor=median(floor),
                reach=MAX_CPU,
                floor_name="one row",
                statistic=f"median of {SENDS}",
                samples=times,
                floor_samples=floor,
            ),
            Figure(
                name=f"Ledger and cap, per send: queries, {name}, {engine}",
                unit="",
                ours=queries,
                reach=MAX_QUERIES,
            ),
        ]
    return figures


def _measured(database: str) -> dict[str, Any]:
    service = {"INFERENCE_URL": "https://us.inference.heroku.com", "INFERENCE_KEY": "inf-x"}
    environment = app_environment(DATABASE_URL=database, **service)
    prepare_database(environment, OWNER)
    command = [sys.executable, "-m", "tests.bench.spending", str(SENDS)]
    run = subprocess.run(
        command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found
