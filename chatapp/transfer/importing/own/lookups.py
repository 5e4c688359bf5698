"""What the database has already of a file, other ids for that, and which links are kept."""

import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from chatapp.conversations.models import Message
from chatapp.fetching import FetchError
from chatapp.fetching.links import parse
from chatapp.transfer.importing.adding import NAMESPACE
from chatapp.transfer.importing.own.records import MessageRecord

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

AT_ONCE = 500  # ids looked up by one query


def other_id(person: "Person", id_: uuid.UUID) -> uuid.UUID:
    """Return the id that a person's import gives to what has the id of something else."""
    return uuid.uuid5(NAMESPACE, f"{person.pk}/own/{id_}")


def is_link(text: str) -> bool:
    try:
        return bool(text and parse(text))
    except FetchError:
        return False


def sent(person: "Person", records: Iterable[MessageRecord]) -> set[uuid.UUID]:
    """Return the client ids among the records that the person has sent already."""
    ids = [record.client_id for record in records if record.client_id]
    found: set[uuid.UUID] = set()
    for begin in range(0, len(ids), AT_ONCE):
        some = ids[begin : begin + AT_ONCE]
        rows = Message.objects.filter(author=person, client_id__in=some)
        found |= {row.client_id for row in rows.only("client_id") if row.client_id}
    return found


def taken(rows: "models.QuerySet[Any]", ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Return the ids that rows have already, whoever they belong to."""
    found: set[uuid.UUID] = set()
    for begin in range(0, len(ids), AT_ONCE):
        found.update(rows.filter(pk__in=ids[begin : begin + AT_ONCE]).values_list("pk", flat=True))
    return found
