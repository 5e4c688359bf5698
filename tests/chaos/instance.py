"""Run everything but the pages: database, Redis, model, app processes, proxy."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.rows import class_row

from tests.chaos.caps import SPENDER, limit
from tests.chaos.money import SET_CAPS
from tests.chaos.plan import MINUTE
from tests.chaos.record import Call, ModelCall, ModelRequest, Record, Row
from tests.servers.app import AppProcess, app_environment, prepare_database, running_apps
from tests.servers.model import ToolRun
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.processes import running
from tests.servers.proxy import Proxy, running_proxy
from tests.servers.redis import RedisServer, running_redis

CONNECTIONS = "20"  # as many as the smallest plan of the platform gives
ROWS = """
    SELECT message.id::text, conversation_id::text AS conversation, parent_id::text AS parent,
        position, on_branch, role, status, text, error, attempt, client_id::text,
        message.deleted_at IS NOT NULL AS deleted,
        COALESCE(prompt_tokens, 0) + COALESCE(completion_tokens, 0) AS tokens,
        conversation.owner_id::text AS owner,
        EXTRACT(EPOCH FROM message.created_at)::float AS created_at
    FROM conversations_message message
    JOIN conversations_conversation conversation ON conversation.id = conversation_id
"""

CALLS = """
    SELECT id::text, reply_id::text AS reply, name, arguments::json ->> 'what' AS what, state,
        CASE WHEN content = '' THEN NULL ELSE (content::json ->> 'number')::int END AS number,
        text_length
    FROM conversations_toolcall ORDER BY reply_id, round, index
"""

MODEL_CALLS = """
    SELECT reply_id::text AS reply, replace(person_id::text, '-', '') AS person, purpose, state,
        input_tokens + output_tokens AS tokens, COALESCE(cost, reserved) AS committed,
        to_char(begun_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, COALESCE(cost, 0) AS cost,
        is_estimated, unsummed IS NULL AS is_summed
    FROM spending_modelcall
"""

DAY_SUMS = "SELECT COALESCE(SUM(calls), 0), COALESCE(SUM(cost), 0) FROM spending_daysum"

LEASED = """
    SELECT id::text, attempt FROM conversations_message
    WHERE status = 'streaming' AND leased_by LIKE %s
"""


@dataclass(slots=True)
class Instance:
    postgres: Postgres
    redis: RedisServer
    model: str
    apps: Sequence[AppProcess]
    proxy: Proxy
    database: str
    folder: Path
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return self.proxy.url

    def requests(self) -> list[ModelRequest]:
        """Return all requests to the model so far."""
        return [ModelRequest(**request) for request in self._ask_model("/requests")]

    def rows(self) -> list[Row]:
        with psycopg.connect(self.database, row_factory=class_row(Row)) as connection:
            return connection.execute(ROWS).fetchall()

    def tool_runs(self) -> list[ToolRun]:
        return [ToolRun(**run) for run in self._ask_model("/tool-runs")]

    def calls(self) -> list[Call]:
        with psycopg.connect(self.database, row_factory=class_row(Call)) as connection:
            return connection.execute(CALLS).fetchall()

    def note_money(self, record: Record) -> None:
        """Note calls and sums of one instant: processes add to the sums at any time."""
        with psycopg.connect(self.database) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            calls = connection.cursor(row_factory=class_row(ModelCall)).execute(MODEL_CALLS)
            record.model_calls = calls.fetchall()
            budgets = connection.execute("SELECT key, used FROM spending_budget")
            record.budgets = dict(budgets.fetchall())
            sums = connection.execute(DAY_SUMS).fetchone()
            assert sums
            record.day_sums = int(sums[0]), int(sums[1])

    def replies_of(self, pid: int) -> dict[str, int]:
        """Return the running replies that a process has leased, with their attempts."""
        with psycopg.connect(self.database) as connection:
            return dict(connection.execute(LEASED, [f"%.{pid}.%"]).fetchall())

    def running_replies(self) -> int:
        with psycopg.connect(self.database) as connection:
            query = "SELECT count(*) FROM conversations_message WHERE status = ANY(%s)"
            row = connection.execute(query, [["queued", "streaming"]]).fetchone()
            assert row
            return int(row[0])

    def _ask_model(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = httpx.get(self.model + path, timeout=30).json()
        return found


@contextmanager
def running_instance(
    folder: Path, processes: int, emails: Sequence[str], quota: int = 0, **config_vars: str
) -> Iterator[Instance]:
    """Serve the app to these people until the block ends; all logs are in `folder`."""
    if quota:
        config_vars["TEST_LINE_WINDOW"] = str(MINUTE)
    with (
        running_postgres(folder, max_connections=CONNECTIONS) as postgres,
        running_redis(folder) as redis,
        running("tests.chaos.model", str(quota)) as model,
    ):
        database = postgres.create_database("chat")
        environment = app_environment(
            DATABASE_URL=database,
            REDIS_URL=redis.url,
            INFERENCE_URL=model.url,
            DJANGO_SETTINGS_MODULE="tests.servers.with_tools",
            TEST_TOOLS=f"{model.url}/tools",
            **config_vars,
        )
        prepare_database(environment, *emails, SPENDER)
        with psycopg.connect(database) as connection:
            connection.execute(SET_CAPS)
            limit(connection)
        with (
            running_apps(folder, processes, environment) as apps,
            running_proxy(*(app.port for app in apps)) as proxy,
        ):
            yield Instance(postgres, redis, model.url, apps, proxy, database, folder, environment)
