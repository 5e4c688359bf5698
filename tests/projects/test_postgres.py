"""Projects on Postgres, where transactions run side by side."""

from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres
from tests.servers.on_postgres import only_from_sqlite, run_on_postgres

HERE = Path(__file__).parent
FILES = (
    *("test_moving.py", "test_races.py", "test_sidebar.py", "test_trash.py", "test_members.py"),
    *("test_member_races.py", "test_deleted_owners.py"),
)


@pytest.mark.long
@needs_postgres
@only_from_sqlite
@pytest.mark.timeout(300)
def test_these_tests_pass_on_postgres(tmp_path: Path) -> None:
    run_on_postgres(tmp_path, *(HERE / name for name in FILES))
