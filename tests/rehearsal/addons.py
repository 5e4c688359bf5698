"""Run the add-ons: Postgres, Redis and models, with the platform's encryption and limits."""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from chatapp.inference.demo.process import demo_model
from tests.servers.postgres import Postgres, find_postgres, running_postgres
from tests.servers.redis import RedisServer, running_redis

MAX_CONNECTIONS = 20  # of heroku-postgresql:essential-0, and of heroku-redis:mini
ROLE = "u1a2b3"
DATABASE = "d4e5f6"


class Addons:
    """Each service once; what is added gets its config vars."""

    def __init__(self, postgres: Postgres, redis: RedisServer, model_url: str, key: str) -> None:
        self.postgres = postgres
        self._redis = redis
        self._model = {"URL": model_url, "KEY": key}
        self._password = secrets.token_hex(16)
        with psycopg.connect(postgres.url, autocommit=True) as admin:
            admin.execute(
                f"CREATE ROLE {ROLE} LOGIN PASSWORD '{self._password}' "
                f"CONNECTION LIMIT {MAX_CONNECTIONS}"
            )
            admin.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def config(self, plan: str, name: str) -> dict[str, str]:
        """Config vars of an add-on; `name` is that of its attachment, "" for the usual one.

        Raises KeyError for a plan that is not rehearsed.
        """
        return {
            "heroku-postgresql:essential-0": {f"{name or 'DATABASE'}_URL": self._database_url},
            "heroku-redis:mini": {f"{name or 'REDIS'}_URL": self._redis.url},
            "heroku-inference:standard": {
                f"{name or 'INFERENCE'}_{part}": value for part, value in self._model.items()
            },
        }[plan]

    def connections(self) -> tuple[int, int]:
        """Return the open connections: the app role's to Postgres, and the app's to Redis."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
        with psycopg.connect(self.postgres.url) as admin:
            row = admin.execute(query, [ROLE]).fetchone()
        with self._redis.client() as client:
            redis = client.info("clients")["connected_clients"] - 1
        return row[0] if row else 0, redis

    def dump(self, path: Path) -> None:
        self._run("pg_dump", "--format=custom", "--no-owner", f"--file={path}")

    def drop(self) -> None:
        """Delete everything that the app has stored."""
        with psycopg.connect(self._admin_url, autocommit=True) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [ROLE]
            )
            admin.execute(f"DROP OWNED BY {ROLE}")

    def restore(self, path: Path) -> None:
        """Replace the database with a dump."""
        self.drop()
        self._run("pg_restore", "--no-owner", "--exit-on-error", str(path))

    def query(self, query: str, *values: object) -> list[tuple[object, ...]]:
        """Query the app's database from outside the app."""
        with psycopg.connect(self._admin_url) as admin:
            return admin.execute(query, values).fetchall()

    @property
    def _admin_url(self) -> str:
        return self.postgres.url_of(DATABASE)

    @property
    def _database_url(self) -> str:
        return f"postgres://{ROLE}:{self._password}@127.0.0.1:{self.postgres.port}/{DATABASE}"

    def _run(self, program: str, *arguments: str) -> None:
        programs = find_postgres()
        assert programs
        command = [str(programs / program), *arguments]
        command += [f"--dbname={self._database_url}?sslmode=require"]
        subprocess.run(command, check=True, capture_output=True, text=True)


@contextmanager
def running_addons(folder: Path) -> Iterator[Addons]:
    """All of them until the block ends; logs and certificates are in `folder`."""
    key = f"inf-{secrets.token_hex(16)}"
    with ExitStack() as stack:
        # The app's limit is below the server's, which reserves some connections for its owner.
        postgres = stack.enter_context(
            running_postgres(folder, tls=True, max_connections=str(MAX_CONNECTIONS + 10))
        )
        limits = ["--maxclients", str(MAX_CONNECTIONS), "--timeout", "300"]
        redis = stack.enter_context(
            running_redis(folder, tls=True, options=limits, password=secrets.token_hex(16))
        )
        yield Addons(postgres, redis, stack.enter_context(demo_model("--key", key)), key)


def is_complete() -> bool:
    """Return whether this machine has all the programs."""
    return bool(find_postgres() and shutil.which("redis-server") and shutil.which("git"))
