"""Saving many running replies at once: building one UPDATE for each would cost a sixth of all the
work for a streamed token."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction

from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import RUNNING, Progress

COLUMNS = (*Progress.__slots__, "first_token_at")


class Snapshot(NamedTuple):
    """The progress of an attempt at a reply."""

    reply: Message
    progress: Progress


class Estimate(NamedTuple):
    """What a request has found out about a message of an older release."""

    pk: UUID
    position: int
    tokens: int
    is_plain: bool


def save_snapshots(snapshots: Sequence[Snapshot]) -> None:
    """Save text and position of each reply together, unless its attempt was overtaken or is to
    stop."""
    if not snapshots:
        return
    meta = snapshots[0].reply._meta
    columns = [column for column in meta.concrete_fields if column.name in COLUMNS]
    quote = connection.ops.quote_name
    assignments = ", ".join(f"{quote(str(column.column))} = %s" for column in columns)
    statuses = ", ".join(["%s"] * len(RUNNING))
    statement = (
        f"UPDATE {quote(meta.db_table)} SET {assignments} "  # noqa: S608  (names of our own)
        f"WHERE id = %s AND attempt = %s AND status IN ({statuses}) AND stop_requested_at IS NULL"
    )
    rows = [_row(snapshot, columns) for snapshot in snapshots]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def _row(snapshot: Snapshot, columns: Sequence[Any]) -> list[Any]:
    reply, progress = snapshot
    values = {name: getattr(progress, name) for name in Progress.__slots__}
    values["first_token_at"] = reply.first_token_at
    saved = [column.get_db_prep_save(values[column.name], connection) for column in columns]
    pk = reply._meta.pk.get_db_prep_value(reply.pk, connection)
    return [*saved, pk, reply.attempt, *map(str, RUNNING)]


def save_estimates(estimates: Sequence[Estimate]) -> None:
    """Save estimates of messages that have none."""
    table = connection.ops.quote_name(Message._meta.db_table)
    statement = (
        f"UPDATE {table} SET estimated_tokens = %s, is_plain = %s "  # noqa: S608  (a name of ours)
        "WHERE id = %s AND estimated_tokens IS NULL"
    )
    rows = [
        (tokens, is_plain, Message._meta.pk.get_db_prep_value(pk, connection))
        for pk, _position, tokens, is_plain in estimates
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def unwanted_attempts(replies: Sequence[Message]) -> set[UUID]:
    """Return the replies whose attempt has to end: it was overtaken, or somebody stopped it."""
    if not replies:
        return set()
    rows = type(replies[0]).objects.running().filter(pk__in=[reply.pk for reply in replies])
    wanted = set(rows.filter(stop_requested_at=None).values_list("pk", "attempt"))
    return {reply.pk for reply in replies if (reply.pk, reply.attempt) not in wanted}
