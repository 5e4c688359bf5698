"""What a real Postgres says of itself."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import dj_database_url
import psycopg
import pytest
from django.db import ConnectionHandler
from pytest_django import Settings

from chatapp.doctor import postgres
from chatapp.doctor.checks import clock, connections, database, room
from tests.servers.marks import needs_postgres
from tests.servers.postgres import Postgres, running_postgres

pytestmark = [needs_postgres, pytest.mark.django_db]
AWAITING_APPROVAL = (postgres, clock, connections, database, room)
LIMIT = 4
SETTLED = 10  # seconds

Use = Callable[[str], Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """It offers encryption, and a person who may connect LIMIT times."""
    with running_postgres(tmp_path_factory.mktemp("postgres"), tls=True) as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE small LOGIN CONNECTION LIMIT {LIMIT} PASSWORD 'small'")
        yield server


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Iterator[Use]:
    """Has the doctor look at a database."""
    opened = []

    def use(url: str) -> Any:
        connection = ConnectionHandler({"default": dj_database_url.parse(url)})["default"]
        for module in AWAITING_APPROVAL:
            monkeypatch.setattr(module, "connection", connection)
        opened.append(connection)
        return connection

    yield use
    for connection in opened:
        connection.close()


def assert_counted(used: int, limit: int) -> None:
    """A connection that was closed just now is counted for a moment longer."""
    deadline = time.monotonic() + SETTLED
    while postgres.connections() != (used, limit) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert postgres.connections() == (used, limit)


def of_small(server: Postgres) -> str:
    return server.url.replace("//chat@", "//small:small@")


def test_its_version_size_and_clock(server: Postgres, use: Use) -> None:
    use(server.url)

    assert int(postgres.version().split(".")[0]) >= 15
    assert postgres.size() > 1_000_000
    assert abs((datetime.now(UTC) - postgres.now()).total_seconds()) < 5


@pytest.mark.parametrize(("mode", "protocol"), [("disable", ""), ("require", "TLSv1.3")])
def test_whether_the_line_is_encrypted(
    server: Postgres, use: Use, mode: str, protocol: str
) -> None:
    use(f"{server.url}?sslmode={mode}")

    assert postgres.tls() == protocol


def test_connections_of_everybody_count_against_the_server(server: Postgres, use: Use) -> None:
    use(server.url)

    with psycopg.connect(of_small(server)):
        assert_counted(2, 100)


def test_connections_of_a_person_with_a_limit_count_alone(server: Postgres, use: Use) -> None:
    use(of_small(server))

    with psycopg.connect(server.url), psycopg.connect(of_small(server)):
        assert_counted(2, LIMIT)


def test_lines_of_a_postgres_that_is_well(server: Postgres, use: Use, settings: Settings) -> None:
    use(server.url)
    settings.DATABASE_SIZE_MB = 1024

    assert [module.look().level for module in (database, connections, room)] == ["green"] * 3


def test_a_limit_that_is_reached_is_named(server: Postgres, use: Use) -> None:
    use(of_small(server))
    others = [psycopg.connect(of_small(server)) for _ in range(LIMIT)]

    result = database.look()

    for other in others:
        other.close()
    assert (result.level, result.found) == (
        "red",
        "Postgres refuses more connections: all are taken.",
    )


def test_a_server_that_is_away_is_red_without_its_address(server: Postgres, use: Use) -> None:
    use(server.url)
    server.stop()

    result = database.look()

    server.start()
    assert (result.level, result.found) == ("red", "Postgres can't be reached.")
    assert str(server.port) not in str(result)
