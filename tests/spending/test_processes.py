"""Several processes spend from one cap, on either database."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.servers.app import ROOT, app_environment, prepare_database
from tests.servers.marks import needs_postgres
from tests.servers.postgres import running_postgres
from tests.spending.conftest import DOLLAR
from tests.support.people import OWNER

PROCESSES, CALLS = 3, 40
SERVICE = {"INFERENCE_URL": "https://us.inference.heroku.com", "INFERENCE_KEY": "inf-key"}


@contextmanager
def database(engine: str, folder: Path) -> Iterator[str]:
    if engine == "sqlite":
        yield f"sqlite:///{folder}/spending.sqlite3"
    else:
        with running_postgres(folder) as postgres:
            yield postgres.create_database("spending")


def started(environment: dict[str, str], calls: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.spending.spender", str(calls)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def result(process: subprocess.Popen[str]) -> Any:
    output, _errors = process.communicate(timeout=100)
    assert process.returncode == 0
    return json.loads(output)


@pytest.mark.long
@pytest.mark.timeout(200)
@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=needs_postgres)])
def test_processes_stay_within_one_cap(engine: str, tmp_path: Path) -> None:
    with database(engine, tmp_path) as url:
        environment = app_environment(DATABASE_URL=url, **SERVICE)
        prepare_database(environment, OWNER)
        result(started(environment, 0))
        processes = [started(environment, CALLS) for _process in range(PROCESSES)]
        refused = sum(map(result, processes))
        committed, used = result(started(environment, -1))

    assert 0 < refused < PROCESSES * CALLS
    assert used == committed <= DOLLAR
