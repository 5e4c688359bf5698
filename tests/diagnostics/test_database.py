"""The checks of the database; `test_postgres.py` has those with a real Postgres."""

import re
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.diagnostics.checks import database
from chatapp.diagnostics.postgres import Connections

MEGABYTE = 1024 * 1024


@pytest.fixture
def sqlite(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the tests run on Postgres")


def test_local_sqlite_is_green_with_its_size(sqlite: None) -> None:
    result = database.check_database()

    assert result.level == "green"
    assert result.found.startswith("SQLite, db.sqlite3")
    assert re.search(r"\d\s[KM]B", result.found)


def test_sqlite_on_a_dyno_is_red_with_the_command_that_adds_postgres(
    sqlite: None, on_dyno: None
) -> None:
    result = database.check_database()

    assert result.level == "red"
    assert result.command == "heroku addons:create heroku-postgresql:essential-0"


def test_the_log_of_sqlite_counts_too(sqlite: None) -> None:
    before = database.sqlite_size()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT freelist_count * page_size FROM pragma_freelist_count, pragma_page_size"
        )
        [free] = cursor.fetchone()  # is filled first
    Person.objects.create_user(f"{'x' * (free + 200_000)}@example.com")

    assert database.sqlite_size() >= before + 100_000


def test_encrypted_postgres_is_green() -> None:
    result = database.postgres_result("16.4", "TLSv1.3", "db.example.com")

    assert (result.level, result.found) == ("green", "PostgreSQL 16.4 over TLSv1.3.")


@pytest.mark.parametrize("host", ["", "localhost", "127.0.0.1", "/run/postgresql"])
def test_postgres_on_this_machine_needs_no_encryption(host: str) -> None:
    assert database.postgres_result("16.4", "", host).level == "green"


def test_postgres_without_encryption_is_yellow_and_on_a_dyno_red(settings: Settings) -> None:
    here = database.postgres_result("16.4", "", "db.example.com")
    settings.ON_DYNO = True
    there = database.postgres_result("16.4", "", "db.example.com")

    assert (here.level, there.level) == ("yellow", "red")
    assert "sslmode=require" in there.fix


@pytest.mark.parametrize(
    ("error", "found", "command"),
    [
        ('FATAL: too many connections for role "u"', "all are taken", "heroku pg:ps"),
        ("remaining connection slots are reserved", "all are taken", "heroku pg:ps"),
        ("could not connect to 10.1.2.3", "can't be reached", "heroku pg:info"),
    ],
)
def test_postgres_that_refuses_connections_is_red(
    on_dyno: None, error: str, found: str, command: str
) -> None:
    result = database.connection_result(error)

    assert result.level == "red"
    assert found in result.found
    assert result.command == command
    assert "10.1.2.3" not in str(result)


@pytest.mark.parametrize(("used", "level"), [(5, "green"), (14, "yellow"), (18, "red")])
def test_connections_against_the_limit(
    settings: Settings, on_dyno: None, used: int, level: str
) -> None:
    settings.DATABASE_POOL_SIZE = 4

    result = database.connections_result(Connections(used, 20))

    assert result.level == level
    assert f"{used} of 20 are open" in result.found
    fix = "heroku config:set CHAT_DATABASE_POOL_SIZE=2"
    assert result.command == ("" if level == "green" else fix)


def test_sqlite_has_no_limit_for_connections(sqlite: None) -> None:
    assert database.check_connections().level == "green"


@pytest.mark.parametrize(
    ("megabytes", "level"), [(100, "green"), (717, "yellow"), (922, "red"), (2000, "red")]
)
def test_size_against_the_plan(
    settings: Settings, on_dyno: None, megabytes: int, level: str
) -> None:
    settings.DATABASE_SIZE_MB = 1024

    result = database.space_result(megabytes * MEGABYTE)

    assert result.level == level
    assert "of 1.0\xa0GB" in result.found
    upgrade = "heroku addons:upgrade DATABASE heroku-postgresql:essential-1"
    assert result.command == ("" if level == "green" else upgrade)


def test_without_a_known_plan_the_size_is_shown(sqlite: None, settings: Settings) -> None:
    settings.DATABASE_SIZE_MB = 0

    result = database.check_space()

    assert result.level == "green"
    assert re.search(r"\d\s[KM]B", result.found)


def test_no_pending_migration_is_green(db: None) -> None:
    assert database.check_migrations().level == "green"


def test_a_pending_migration_is_red_with_the_command_that_applies_it(
    db: None, settings: Settings, tmp_path: Path
) -> None:
    settings.ROOT = tmp_path
    MigrationRecorder(connection).record_unapplied("diagnostics", "0001_initial")

    without_venv = database.check_migrations()
    (tmp_path / ".venv").mkdir()
    here = database.check_migrations()
    settings.ON_DYNO = True
    there = database.check_migrations()

    assert (here.level, here.found) == ("red", "1 migration is pending: diagnostics.0001_initial.")
    assert without_venv.command == "python manage.py migrate"
    assert here.command == ".venv/bin/python manage.py migrate"
    assert there.command == "heroku run python manage.py migrate"


def test_of_many_pending_migrations_the_first_are_named() -> None:
    assert database.migrations_result([f"a.{n}" for n in range(9)]).found == (
        "9 migrations are pending: a.0, a.1, a.2, a.3, a.4."
    )


def test_backups_are_a_note(
    sqlite: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database.check_backups().level == "note"

    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert "pg_dump" in database.check_backups().found
    settings.ON_DYNO = True
    assert database.check_backups().command.startswith("heroku pg:backups:schedule DATABASE_URL")
