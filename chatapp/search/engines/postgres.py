"""Search with GIN, which finds all rows of a query at once and in no order.

So the newest rows of the owner are walked first, which finds frequent words; then the index is
asked for the rest, which is little for rare ones. A word that is frequent, but not lately, is
looked for in growing windows of time.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from django.db import OperationalError, connection, transaction

from chatapp.search.analysis.queries import Term
from chatapp.search.engines.plan import Hit, Plan, TooSlow

WALKED = 1_000  # rows
FETCHED = 200  # rows that the index may find before time windows are used: each is another page
FIRST_WINDOW, GROWTH = 10_000, 4  # rows of the owner
MAX_ROUNDS = 4  # where hits are of conversations that have just gone
CANCELED = "57014"  # SQLSTATE
SHORT = 2  # characters; the index collects everything that begins so, a filter only looks
SETTINGS = """
    SET LOCAL enable_seqscan = off; SET LOCAL max_parallel_workers_per_gather = 0;
    SET LOCAL jit = off
"""
ROWS = "SELECT id, conversation_id, message_id FROM {table.entries} WHERE "
OF_OWNER = "owner_id = %(owner)s AND id < %(older)s AND id >= %(newer)s"
# `IS TRUE` keeps a condition from the planner, so that no index is used for it.
FILTER = "(tokens @@ %(query)s::tsquery) IS TRUE"
IN_TIME = "(id < %(older)s AND id >= %(newer)s) IS TRUE"
INDEX = "tokens @@ %(indexed)s::tsquery"
WALK = f"{ROWS} {OF_OWNER} AND {FILTER} ORDER BY id DESC LIMIT %(limit)s"
EDGE = f"""
    SELECT id FROM {{table.entries}} WHERE {OF_OWNER} ORDER BY id DESC OFFSET %(rows)s LIMIT 1
"""  # noqa: S608  (constants of this file)
PRESENT = """
    SELECT id FROM conversations_conversation
    WHERE id = ANY(%s) AND owner_id = %s AND trashed_at IS NULL AND deleted_at IS NULL
"""

type Params = dict[str, Any]

_end: ContextVar[float] = ContextVar("_end")


def find(plan: Plan) -> list[Hit]:
    """Return the newest hits. Raises TooSlow."""
    hits: list[Hit] = []
    for _round in range(MAX_ROUNDS):
        found = _find(plan)
        hits += _present(plan, found)
        if len(found) < plan.limit or len(hits) >= plan.limit:
            break
        plan = replace(plan, older=found[-1].key)
    return hits[: plan.limit]


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Stop every statement in the block once the time is over. Raises TooSlow."""
    token = _end.set(time.monotonic() + seconds)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SETTINGS)
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) == CANCELED:
            raise TooSlow from error
        raise
    finally:
        _end.reset(token)


def _find(plan: Plan) -> list[Hit]:
    long = [term for term in plan.terms if not _is_short(term)]
    indexed = long if len(long) > 1 or plan.any_of else list(plan.terms)
    params: Params = {
        "table": plan.table,
        "owner": plan.owner_id,
        "query": _query(plan, plan.terms),
        "indexed": _query(plan, indexed),
        "older": plan.older,
        "newer": plan.newer,
        "limit": plan.limit,
    }
    hits: list[Hit] = []
    if plan.is_frequent:
        edge = _edge(params, WALKED)
        hits = _run(WALK, params | {"newer": edge or plan.newer})
        if edge is None or len(hits) == plan.limit:
            return hits
        params["older"] = edge
    probe = INDEX if len(indexed) == len(plan.terms) else f"{INDEX} AND {FILTER}"
    statement = f"{ROWS} {probe} AND {IN_TIME} LIMIT {FETCHED + 1}"
    found = _run(statement, params, probes=True)
    if len(found) <= FETCHED:
        return [*hits, *sorted(found, reverse=True)][: plan.limit]
    return [*hits, *_windows(f"{ROWS} {probe} AND {OF_OWNER}", params, plan.limit - len(hits))]


def _windows(statement: str, params: Params, limit: int) -> list[Hit]:
    hits: list[Hit] = []
    older, rows = params["older"], FIRST_WINDOW
    while older is not None and len(hits) < limit:
        edge = _edge(params | {"older": older}, rows)
        window = params | {"older": older, "newer": edge or params["newer"]}
        hits += sorted(_run(statement, window, probes=True), reverse=True)
        older, rows = edge, rows * GROWTH
    return hits[:limit]


def _present(plan: Plan, hits: list[Hit]) -> list[Hit]:
    """Return the hits in conversations that are the owner's, and neither trashed nor deleted."""
    ids = list({hit.conversation_id for hit in hits})
    if not ids:
        return []
    with connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute(PRESENT, [ids, plan.owner_id])
        present = {pk for (pk,) in cursor}
    return [hit for hit in hits if hit.conversation_id in present]


def _edge(params: Params, rows: int) -> int | None:
    """Return the key of the row after so many, None where there are no more."""
    with connection.cursor() as cursor:
        _prepare(cursor)
        cursor.execute(EDGE.format_map(params), params | {"rows": rows - 1})
        row = cursor.fetchone()
    return row[0] if row else None


def _run(statement: str, params: Params, *, probes: bool = False) -> list[Hit]:
    with connection.cursor() as cursor:
        _prepare(cursor, uses_bitmaps=probes)
        cursor.execute(statement.format_map(params), params)
        return [Hit(*row) for row in cursor]


def _prepare(cursor: Any, *, uses_bitmaps: bool = False) -> None:
    """Limit the next statement to the time that is left."""
    left = max(1, round((_end.get() - time.monotonic()) * 1000))
    cursor.execute(
        f"SET LOCAL statement_timeout = {left};"
        f" SET LOCAL enable_indexscan = {'off' if uses_bitmaps else 'on'}"
    )


def _query(plan: Plan, terms: Sequence[Term]) -> str:
    wanted = [*map(_term, terms)]
    wanted += [f"({' | '.join(map(_term, group))})" for group in plan.any_of]
    wanted += [f"!({' & '.join(map(_term, group))})" for group in plan.none_of]
    return " & ".join(wanted)


def _is_short(term: Term) -> bool:
    return term.is_prefix and len(term.token) <= SHORT


def _term(term: Term) -> str:
    quoted = term.token.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if term.is_prefix else ''}"
