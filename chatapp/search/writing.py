"""Write entries: each function is called within the transaction that changes what they are of."""

from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain
from uuid import UUID

from django.db import connection
from django.db.models import Q

from chatapp.search.columns import ON_POSTGRES
from chatapp.search.models import DocumentEntry, SearchEntry

AT_ONCE = 40  # rows that a transaction writes for search beside its own; more go later
MAX_MOVES = 20  # of a key that is taken


def add(entries: Sequence[SearchEntry] | Sequence[DocumentEntry]) -> None:
    """Add entries of messages or pages that nobody else can have added.

    An entry whose key is taken is left out: messages of the same 8 microseconds. The next look at
    the conversation finds that it is missing.
    """
    if not entries:
        return
    kind = type(entries[0])
    columns = kind._meta.concrete_fields
    rows = [
        [column.get_db_prep_save(getattr(each, column.attname), connection) for column in columns]
        for each in entries
    ]
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), AT_ONCE):
            batch = rows[begin : begin + AT_ONCE]
            statement = _insert(connection.vendor, kind, len(batch))
            cursor.execute(statement, list(chain(*batch)))


def put(entries: Sequence[SearchEntry]) -> None:
    """Add entries, in the place of those that are there of the same messages or titles."""
    if not entries:
        return
    same = Q(message_id__in=[each.message_id for each in entries if each.message_id])
    titled = [each.conversation_id for each in entries if each.message_id is None]
    if titled:
        same |= Q(message_id=None, conversation_id__in=titled)
    SearchEntry.objects.filter(same).delete()
    _move_taken(entries)
    add(entries)


def remove_messages(ids: Collection[UUID]) -> None:
    SearchEntry.objects.filter(message_id__in=ids).delete()


def remove_some(conversation_id: UUID, limit: int) -> int:
    """Remove entries of a conversation, at most so many; return how many there were."""
    removed = 0
    for kind in (SearchEntry, DocumentEntry):
        some = kind.objects.filter(conversation_id=conversation_id)[: limit - removed]
        found = list(some.values_list("pk", flat=True))
        removed += kind.objects.filter(pk__in=found).delete()[0]
    return removed


@cache
def _insert(vendor: str, kind: type[SearchEntry] | type[DocumentEntry], count: int) -> str:
    """Return the statement for so many entries. Django would build it anew each time, in a third of
    a millisecond."""
    columns = [str(column.column) for column in kind._meta.concrete_fields]
    tokens = ON_POSTGRES if vendor == "postgresql" else "%s"
    row = f"({', '.join(['%s'] * (len(columns) - 1))}, {tokens})"  # the tokens come last
    return (
        f"INSERT INTO {kind._meta.db_table} ({', '.join(columns)})"  # noqa: S608  (our names)
        f" VALUES {', '.join([row] * count)} ON CONFLICT DO NOTHING"
    )


def _move_taken(entries: Sequence[SearchEntry]) -> None:
    for _try in range(MAX_MOVES):
        taken = set(
            SearchEntry.objects.filter(pk__in=[each.pk for each in entries]).values_list(
                "pk", flat=True
            )
        )
        seen: set[int] = set()
        for each in entries:
            if each.pk in taken or each.pk in seen:
                each.pk += 1
                taken.add(each.pk)
            seen.add(each.pk)
        if not taken:
            return
