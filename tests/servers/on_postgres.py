"""Run tests of this suite once more on Postgres, where transactions run side by side."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.servers.app import ROOT
from tests.servers.postgres import running_postgres

only_from_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="is what it starts")


def run_on_postgres(folder: Path, *arguments: str | Path) -> None:
    """Run pytest with these arguments on a Postgres of its own; fail with the end of its output."""
    with running_postgres(folder) as postgres:
        environment = os.environ | {"DATABASE_URL": postgres.create_database("chat")}
        environment.pop("CI", None)  # in CI a skipped test fails, and some are only for SQLite
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += map(str, arguments)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout[-5_000:]
