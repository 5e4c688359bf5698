"""The ledger and the caps on Postgres, where transactions run side by side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.servers.app import ROOT
from tests.servers.marks import needs_postgres
from tests.servers.postgres import running_postgres

FILES = (
    *("test_races.py", "test_reservations.py", "test_caps.py", "test_statements.py"),
    *("test_kept_sums.py", "test_clocks.py", "test_random_operations.py"),
)


@pytest.mark.long
@needs_postgres
@pytest.mark.skipif(connection.vendor != "sqlite", reason="is what it starts")
@pytest.mark.timeout(300)
def test_these_tests_pass_on_postgres(tmp_path: Path) -> None:
    with running_postgres(tmp_path) as postgres:
        environment = os.environ | {"DATABASE_URL": postgres.create_database("chat")}
        environment.pop("CI", None)  # in CI a skipped test fails
        files = [str(Path(__file__).parent / name) for name in FILES]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-5_000:]
