"""Both databases find the same: the other tests of this folder pass on Postgres too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.servers.app import ROOT
from tests.servers.marks import needs_postgres
from tests.servers.postgres import running_postgres

SOME = "found_by or newest_messages or older_results or present_conversations or strange_gets"


@pytest.mark.long
@needs_postgres
@pytest.mark.skipif(connection.vendor != "sqlite", reason="is what it starts")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "chosen", [pytest.param(SOME, id="some"), pytest.param("", id="all", marks=pytest.mark.long)]
)
def test_these_tests_pass_on_postgres(tmp_path: Path, chosen: str) -> None:
    with running_postgres(tmp_path) as postgres:
        environment = os.environ | {"DATABASE_URL": postgres.create_database("chat")}
        environment.pop("CI", None)  # in CI a skipped test fails, and some are only for SQLite
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        folder = Path(__file__).parent
        command += [str(folder), "-k", chosen, f"--ignore={folder / 'test_views.py'}"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-5_000:]
