"""Read the PostgreSQL database of these tests, and hold up a single write in it.

`hold` blocks one write of the app with triggers that only this database has: the writer waits for
a lock that the test holds. When the process is killed there, the write never happens.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.tool_calls.pauses import until

# A tool call is known by what it is about, so that its first row can be held up; a reply by its id.
HOLDING = """
CREATE TABLE held (number bigserial PRIMARY KEY, moment text NOT NULL);
CREATE FUNCTION hold_tool_call() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(number) FROM held
        WHERE moment = NEW.state || ' ' || (NEW.arguments::json ->> 'what');
    RETURN NEW;
END $$;
CREATE FUNCTION hold_reply() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    PERFORM pg_advisory_xact_lock(number) FROM held
        WHERE moment = NEW.status || ' ' || NEW.id AND OLD.status <> NEW.status;
    RETURN NEW;
END $$;
CREATE TRIGGER hold BEFORE INSERT OR UPDATE ON conversations_toolcall
    FOR EACH ROW EXECUTE FUNCTION hold_tool_call();
CREATE TRIGGER hold BEFORE UPDATE ON conversations_message
    FOR EACH ROW EXECUTE FUNCTION hold_reply();
"""
WAITING = """
    SELECT pid FROM pg_locks
    WHERE NOT granted AND (locktype, objid) = ('advisory', %s) AND database = (
        SELECT oid FROM pg_database WHERE datname = current_database())
"""
WAITING_FOR_TABLE = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
LOCK = "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE"

# End a dead owner's lease at once.
EXPIRE = """
    UPDATE conversations_message SET leased_until = now() - interval '1 second'
    WHERE status = 'streaming' AND leased_by LIKE %s
"""
TOOL_CALLS = """
    SELECT id::text, arguments::json ->> 'what' AS what, state, content FROM conversations_toolcall
    WHERE reply_id = %s ORDER BY round, index
"""


@dataclass(slots=True)
class HeldWrite:
    """A write, or a table, at which the app will wait."""

    query: str
    name: Any
    connection: psycopg.AsyncConnection[Any]
    watch: psycopg.AsyncConnection[Any]

    async def until_reached(self) -> None:
        await until(self._waiting)

    async def release(self) -> None:
        """End the wait and the waiting session, whose process is dead by now."""
        for pid in await self._waiting():
            await self.watch.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        await self.connection.close()
        await self.watch.close()

    async def _waiting(self) -> list[int]:
        return [
            pid for (pid,) in await (await self.watch.execute(self.query, [self.name])).fetchall()
        ]


class PostgresLocks:
    def __init__(self, url: str) -> None:
        self._url = url

    async def prepare(self) -> None:
        async with self._connection() as connection:
            await connection.execute(HOLDING)

    async def hold(self, moment: str) -> HeldWrite:
        """Hold up the write of a state, such as "running a1" or "complete <id of a reply>"."""
        connection, watch = await self._connect(), await self._connect()
        row = await (
            await connection.execute(
                "INSERT INTO held (moment) VALUES (%s) RETURNING number", [moment]
            )
        ).fetchone()
        assert row
        await connection.execute("SELECT pg_advisory_lock(%s)", row)
        return HeldWrite(WAITING, row[0], connection, watch)

    async def hold_table(self, name: str) -> HeldWrite:
        """Hold up the next statement on a table."""
        connection, watch = await self._connect(), await self._connect()
        await connection.set_autocommit(False)
        await connection.execute(LOCK.format(name))
        return HeldWrite(WAITING_FOR_TABLE, name, connection, watch)

    async def expire_leases(self, pid: int) -> None:
        async with self._connection() as connection:
            await connection.execute(EXPIRE, [f"%.{pid}.%"])

    async def tool_calls(self, reply: str) -> list[dict[str, str]]:
        return await self.rows(TOOL_CALLS, reply)

    async def row(self, reply: str) -> dict[str, Any]:
        [row] = await self.rows("SELECT * FROM conversations_message WHERE id = %s", reply)
        return row

    async def rows(self, query: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self._connection() as connection:
            cursor = connection.cursor(row_factory=dict_row)
            return await (await cursor.execute(query, arguments)).fetchall()

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(self._url, autocommit=True)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        async with await self._connect() as connection:
            yield connection
