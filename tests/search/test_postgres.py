"""Both databases find the same: the other tests of this folder pass on Postgres too."""

from pathlib import Path

import pytest

from tests.servers.marks import needs_postgres
from tests.servers.on_postgres import only_from_sqlite, run_on_postgres

HERE = Path(__file__).parent
SOME = "found_by or newest_messages or older_results or present_conversations or strange_gets"


@pytest.mark.long
@needs_postgres
@only_from_sqlite
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "chosen", [pytest.param(SOME, id="some"), pytest.param("", id="all", marks=pytest.mark.long)]
)
def test_these_tests_pass_on_postgres(tmp_path: Path, chosen: str) -> None:
    run_on_postgres(tmp_path, HERE, "-k", chosen, f"--ignore={HERE / 'test_views.py'}")
