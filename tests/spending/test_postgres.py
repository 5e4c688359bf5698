"""The ledger and the caps on Postgres, where transactions run side by side."""

from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres
from tests.servers.on_postgres import only_from_sqlite, run_on_postgres

HERE = Path(__file__).parent
FILES = (
    *("test_races.py", "test_reservations.py", "test_caps.py", "test_statements.py"),
    *("test_kept_sums.py", "test_clocks.py", "test_random_operations.py"),
)


@pytest.mark.long
@needs_postgres
@only_from_sqlite
@pytest.mark.timeout(300)
def test_these_tests_pass_on_postgres(tmp_path: Path) -> None:
    run_on_postgres(tmp_path, *(HERE / name for name in FILES))
