"""Migrations after the last release only add: its code runs beside the new one while a deploy goes
on, and on the new schema after a rollback.

Migrations of packages are not looked at: the code of the last release would bring the same.
"""

import filecmp
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.deploy.planted import PLANTED, UNFILLED, plant
from tests.deploy.releases import database_of
from tests.servers.app import ROOT, app_environment
from tests.servers.marks import needs_postgres
from tests.servers.postgres import Postgres

pytestmark = needs_postgres

WHAT_TO_DO = "The last release runs on this schema too: docs/releases.md says how things go away."
COLUMNS = """
    SELECT table_name, column_name, is_nullable = 'YES' OR column_default IS NOT NULL
        OR is_identity = 'YES' OR is_generated = 'ALWAYS'
    FROM information_schema.columns WHERE table_schema = 'public'
"""


@pytest.fixture(scope="module")
def released_database(postgres: Postgres, released: Path) -> str:
    return database_of(released, postgres, "released")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("planted"))


def test_migrations_since_the_last_release_only_add(
    released: Path, released_database: str, tmp_path: Path
) -> None:
    said = lint(ROOT, released, released_database, tmp_path)

    assert f"Erroneous migrations: 0/{len(added(ROOT, released))}" in said, f"{said}\n{WHAT_TO_DO}"


def test_released_migrations_are_unchanged(released: Path) -> None:
    """Otherwise a migrated database would differ from a new one."""
    _same, changed, missing = filecmp.cmpfiles(
        released, ROOT, sorted(migrations(released)), shallow=False
    )

    assert not changed + missing, "Released migrations were changed: write a new one instead"


def test_new_columns_of_old_tables_have_a_default(
    released_database: str, new_database: str
) -> None:
    assert not unfilled(new_database, released_database), (
        f"A row that the last release writes has no value here: use db_default. {WHAT_TO_DO}"
    )


@pytest.mark.long
def test_the_linter_refuses_migrations_that_remove_something(
    planted: Path, released: Path, released_database: str, tmp_path: Path
) -> None:
    said = lint(planted, released, released_database, tmp_path)

    for name, (_operations, complaint) in PLANTED.items():
        told = f"(conversations, {name})... "
        assert (f"{told}ERR\n\t{complaint}" if complaint else f"{told}OK\n") in said


@pytest.mark.long
def test_columns_without_a_default_are_found(
    planted: Path, postgres: Postgres, released_database: str
) -> None:
    """Also the one that the linter overlooks."""
    migrated = database_of(planted, postgres, "planted")

    assert unfilled(migrated, released_database) == UNFILLED


def migrations(code: Path) -> set[str]:
    found = (code / "chatapp").glob("**/migrations/[0-9]*.py")
    return {str(path.relative_to(code)) for path in found}


def added(code: Path, released: Path) -> set[str]:
    return migrations(code) - migrations(released)


def lint(code: Path, released: Path, url: str, folder: Path) -> str:
    """What the linter says about the migrations that came after the last release.

    It reads the SQL for this database, which has the schema of that release.
    """
    listed = folder / "added.txt"
    listed.write_text("\n".join(sorted(added(code, released))))
    command = [sys.executable, "manage.py", "lintmigrations", "--include-migrations-from"]
    settings = "tests.deploy.lint_settings"
    environment = app_environment(
        DATABASE_URL=url,
        DJANGO_SETTINGS_MODULE=settings,
        PYTHONPATH=str(ROOT),
        CHAT_LOG_LEVEL="WARNING",
    )
    ended = subprocess.run(
        [*command, str(listed)], cwd=code, env=environment, capture_output=True, text=True
    )
    return ended.stdout + ended.stderr


def unfilled(database: str, released: str) -> set[str]:
    """Columns that must be filled in tables that a release knows, and that it leaves out."""
    before = columns(released)
    tables = {table for table, _name in before}
    return {
        name
        for (table, name), may_be_excluded in columns(database).items()
        if table in tables and not may_be_excluded and before.get((table, name), True)
    }


def columns(database: str) -> dict[tuple[str, str], bool]:
    """All columns of a database, and whether a new row may leave them out."""
    with psycopg.connect(database) as connection:
        rows = connection.execute(COLUMNS).fetchall()
    return {(table, name): optional for table, name, optional in rows}
