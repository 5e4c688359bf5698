"""Search with FTS5, which walks the list of a word from the newest key on and stops when it has
enough.

The beginning of a word is another matter: FTS5 joins the lists of all words that begin so. So the
newest rows of the owner are walked first, which finds what is frequent.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection

from chatapp.search.analysis.queries import Term
from chatapp.search.engines.plan import Hit, Plan, TooSlow

STEPS = 2_000  # of SQLite's machine between two looks at the clock
WALKED = 1_000  # rows
ROWS = "SELECT entry.id, entry.conversation_id, entry.message_id"
# CROSS JOIN keeps the order of the tables: the newest entries come first, without a sort.
PRESENT = """
    CROSS JOIN conversations_conversation conversation
    ON conversation.id = entry.conversation_id AND conversation.owner_id = %s
    AND conversation.trashed_at IS NULL AND conversation.deleted_at IS NULL
"""
FIND = f"""
    {ROWS} FROM {{table.fts}} fts
    CROSS JOIN {{table.entries}} entry ON entry.id = fts.rowid {PRESENT}
    WHERE {{table.fts}} MATCH %s AND fts.rowid < %s AND fts.rowid >= %s
    ORDER BY fts.rowid DESC LIMIT %s
"""
WALK = f"""
    {ROWS} FROM {{table.entries}} entry INDEXED BY {{table.newest}} {PRESENT}
    WHERE entry.owner_id = %s AND entry.id < %s AND entry.id >= %s AND {{terms}}
    ORDER BY entry.id DESC LIMIT %s
"""
EDGE = """
    SELECT id FROM {table.entries} WHERE owner_id = %s AND id < %s AND id >= %s
    ORDER BY id DESC LIMIT 1 OFFSET %s
"""


def find(plan: Plan) -> list[Hit]:
    """Return the newest hits. Raises TooSlow."""
    hits: list[Hit] = []
    older, owner = plan.older, plan.owner_id.hex
    if plan.is_frequent and any(term.is_prefix for term in plan.terms):
        edge = _edge(plan, [owner, older, plan.newer, WALKED - 1])
        found, terms = _holds(plan)
        params = [owner, owner, older, edge or plan.newer, *found, plan.limit]
        hits = _run(WALK.format(table=plan.table, terms=terms), params)
        if edge is None or len(hits) == plan.limit:
            return hits
        older = edge
    params = [owner, _match(plan), older, plan.newer, plan.limit - len(hits)]
    return [*hits, *_run(FIND.format(table=plan.table), params)]


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop every statement in the block once the time is over. Raises TooSlow."""
    end = time.monotonic() + seconds
    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlite_errorcode", 0) == sqlite3.SQLITE_INTERRUPT:
            raise TooSlow from error
        raise
    finally:
        connection.connection.set_progress_handler(None, 0)


def _edge(plan: Plan, params: list[Any]) -> int | None:
    """Return the key of the last row to walk, None where the owner has fewer."""
    with connection.cursor() as cursor:
        cursor.execute(EDGE.format(table=plan.table), params)
        row = cursor.fetchone()
    return row[0] if row else None


def _run(statement: str, params: list[Any]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [Hit(key, UUID(chat), UUID(pk) if pk else None) for key, chat, pk in cursor]


def _holds(plan: Plan) -> tuple[list[str], str]:
    """Return the condition that the tokens of a row hold, and its parameters."""
    params: list[str] = []

    def joined(terms: Sequence[Term], word: str) -> str:
        params.extend(f" {term.token}{'' if term.is_prefix else ' '}" for term in terms)
        return f"({word.join(['instr(entry.tokens, %s)'] * len(terms))})"

    conditions = [joined(plan.terms, " AND ")]
    conditions += [joined(group, " OR ") for group in plan.any_of]
    conditions += [f"NOT {joined(group, ' AND ')}" for group in plan.none_of]
    return params, " AND ".join(conditions)


def _match(plan: Plan) -> str:
    wanted = [_all(plan.terms), *(_any(group) for group in plan.any_of)]
    match = " AND ".join(wanted)
    for group in plan.none_of:
        match = f"({match}) NOT ({_all(group)})"
    return match


def _all(terms: tuple[Term, ...]) -> str:
    return " AND ".join(map(_term, terms))


def _any(terms: tuple[Term, ...]) -> str:
    return f"({' OR '.join(map(_term, terms))})"


def _term(term: Term) -> str:
    quoted = term.token.replace('"', '""')
    return f'"{quoted}"{"*" if term.is_prefix else ""}'
