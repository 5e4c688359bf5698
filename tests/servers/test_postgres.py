"""The database server of the tests behaves as its tests expect."""

import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from tests.servers.marks import needs_postgres
from tests.servers.postgres import Postgres, running_postgres

pytestmark = needs_postgres


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with running_postgres(tmp_path_factory.mktemp("postgres"), max_connections="20") as postgres:
        yield postgres


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        assert row
        return row[0]


def test_the_server_has_the_requested_settings(postgres: Postgres) -> None:
    assert one(postgres.url, "SHOW max_connections") == "20"
    assert one(postgres.url, "SHOW server_encoding") == "UTF8"


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_committed_rows_survive_a_restart(postgres: Postgres, mode: str) -> None:
    url = postgres.create_database(f"kept_{mode}")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")

    postgres.stop(mode)  # type: ignore[arg-type]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    postgres.start()

    assert one(url, "SELECT number FROM kept") == 7


def test_a_paused_server_answers_nothing(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        answers: list[float] = []
        asking = threading.Thread(
            target=lambda: answers.append(connection.execute("SELECT 1") and time.monotonic())
        )
        postgres.pause()
        asking.start()
        asking.join(0.5)
        assert not answers
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(postgres.url, connect_timeout=2)

        postgres.resume()
        asking.join(5)
        assert answers
    assert one(postgres.url, "SELECT 1") == 1
