"""Several processes spend from one cap and are killed, while the database breaks."""

import asyncio
import random
import sys
from collections.abc import Mapping
from contextlib import suppress

import psycopg

from tests.chaos.record import Record
from tests.servers.processes import ROOT

SPENDER = "spender@example.com"
CAP = 5_000_000  # micro-dollars a day, of which the largest call takes a hundredth
LIFE_SECONDS = (4.0, 12.0)
LOOK_SECONDS = 1.0
SET_CAP = """
    INSERT INTO spending_cap (kind, role, person_id, period, amount, changed_at)
    SELECT 'person', '', id, 'day', %s, now() FROM accounts_person WHERE email = %s
"""
COMMITTED = """
    SELECT COALESCE(SUM(COALESCE(cost, reserved)), 0)::bigint FROM spending_modelcall
    WHERE person_id = (SELECT id FROM accounts_person WHERE email = %s)
"""


def limit(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    connection.execute(SET_CAP, [CAP, SPENDER])


async def spend(environment: Mapping[str, str], chance: random.Random, over: asyncio.Event) -> None:
    """Keep a process running that spends, and kill it again and again."""
    while not over.is_set():
        spender = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.chaos.spender", SPENDER), cwd=ROOT, env=environment
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(*LIFE_SECONDS)):
                await over.wait()
        spender.kill()
        await spender.wait()


async def watch(database: str, record: Record, over: asyncio.Event) -> None:
    """Look how much of the cap is used; the last look is after everything."""
    is_last = False
    while not is_last:
        is_last = over.is_set()
        with suppress(psycopg.OperationalError):
            record.committed.append(await asyncio.to_thread(_committed, database))
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await over.wait()


def _committed(database: str) -> int:
    with psycopg.connect(database) as connection:
        row = connection.execute(COMMITTED, [SPENDER]).fetchone()
        assert row
        return int(row[0])
