"""What a real Postgres reports about itself."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import dj_database_url
import psycopg
import pytest
from django.db import ConnectionHandler
from pytest_django import Settings

from chatapp.diagnostics import postgres
from chatapp.diagnostics.checks import database, machine
from tests.servers.marks import needs_postgres
from tests.servers.postgres import Postgres, running_postgres

pytestmark = [needs_postgres, pytest.mark.django_db]
CHECKING = (postgres, machine, database)
LIMIT = 4
SETTLED = 10  # seconds

Use = Callable[[str], Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Postgres with encryption, and a role that may connect LIMIT times."""
    with running_postgres(tmp_path_factory.mktemp("postgres"), tls=True) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE small LOGIN CONNECTION LIMIT {LIMIT} PASSWORD 'small'")
        yield server


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Point the checks at a database."""
    opened = []

    def use(url: str) -> Any:
        connection = ConnectionHandler({"default": dj_database_url.parse(url)})["default"]
        for module in CHECKING:
            monkeypatch.setattr(module, "connection", connection)
        opened.append(connection)
        return connection

    yield use
    for connection in opened:
        connection.close()


def assert_counted(used: int, limit: int) -> None:
    """Wait, because a connection that was just closed still counts for a moment."""
    deadline = time.monotonic() + SETTLED
    while postgres.connections() != (used, limit) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert postgres.connections() == (used, limit)


def small_role_url(server: Postgres) -> str:
    return server.url.replace("//chat@", "//small:small@")


def test_version_size_and_clock_are_read(server: Postgres, use: Use) -> None:
    use(server.url)

    assert int(postgres.version().split(".")[0]) >= 15
    assert postgres.size() > 1_000_000
    assert abs((datetime.now(UTC) - postgres.now()).total_seconds()) < 5


@pytest.mark.parametrize(("mode", "protocol"), [("disable", ""), ("require", "TLSv1.3")])
def test_the_encryption_of_the_connection_is_read(
    server: Postgres, use: Use, mode: str, protocol: str
) -> None:
    use(f"{server.url}?sslmode={mode}")

    assert postgres.tls() == protocol


def test_all_connections_count_against_the_limit_of_the_server(server: Postgres, use: Use) -> None:
    use(server.url)

    with psycopg.connect(small_role_url(server)):
        assert_counted(2, 100)


def test_connections_of_a_role_count_against_its_own_limit(server: Postgres, use: Use) -> None:
    use(small_role_url(server))

    with psycopg.connect(server.url), psycopg.connect(small_role_url(server)):
        assert_counted(2, LIMIT)


def test_a_healthy_postgres_is_green(server: Postgres, use: Use, settings: Settings) -> None:
    use(server.url)
    settings.DATABASE_SIZE_MB = 1024

    assert [
        check().level
        for check in (database.check_database, database.check_connections, database.check_space)
    ] == ["green"] * 3


def test_a_reached_limit_is_named(server: Postgres, use: Use) -> None:
    use(small_role_url(server))
    others = [psycopg.connect(small_role_url(server)) for _ in range(LIMIT)]

    result = database.check_database()

    for other in others:
        other.close()
    assert (result.level, result.found) == (
        "red",
        "Postgres refuses more connections: all are taken.",
    )


def test_a_server_that_is_away_is_red_without_its_address(server: Postgres, use: Use) -> None:
    use(server.url)
    server.stop()

    result = database.check_database()

    server.start()
    assert (result.level, result.found) == ("red", "Postgres can't be reached.")
    assert str(server.port) not in str(result)
