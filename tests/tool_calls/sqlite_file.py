"""Read the SQLite file of an instance, as under `make run`; no write can be held up in it."""

import sqlite3
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

TOOL_CALLS = """
    SELECT id, arguments ->> 'what' AS what, state FROM conversations_toolcall
    WHERE reply_id = ? ORDER BY round, "index"
"""
EXPIRE = """
    UPDATE conversations_message SET leased_until = '2000-01-01 00:00:00'
    WHERE status = 'streaming' AND leased_by LIKE ?
"""
PATIENCE = 20.0  # seconds for whoever writes just now


class SqliteFile:
    """Does what PostgresLocks does, except for holding up writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def tool_calls(self, reply: str) -> list[dict[str, str]]:
        rows = self._execute(TOOL_CALLS, uuid.UUID(reply).hex)
        return [{**row, "id": str(uuid.UUID(row["id"]))} for row in rows]

    async def expire_leases(self, pid: int) -> None:
        self._execute(EXPIRE, f"%.{pid}.%")

    def _execute(self, query: str, argument: str) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self._path, timeout=PATIENCE)) as connection, connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, [argument])]
