"""Where the messages of a file belong: their parents, positions, and the branch that is shown.

The database has one shown message at a position, and messages and replies alternate. A file that
says something else loses the messages that don't fit.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from chatapp.transfer.importing.own.records import MessageRecord


class Row(Protocol):
    """A message that is here already."""

    pk: uuid.UUID
    position: int
    role: str
    on_branch: bool


@dataclass(slots=True)
class Placed:
    record: MessageRecord
    key: uuid.UUID  # here
    parent: uuid.UUID | None
    position: int
    role: str
    is_known: bool
    on_branch: bool = False
    is_answered: bool = False


def placed(
    records: list[MessageRecord],
    known: Mapping[uuid.UUID, Row],
    keys: Mapping[uuid.UUID, uuid.UUID],
) -> list[Placed]:
    """Return the messages that have a place, parents first; `known` are those here already."""
    found: dict[uuid.UUID, Placed] = {}
    for record in records:
        key, row = keys[record.id], known.get(keys[record.id])
        above = found.get(keys.get(record.parent, record.parent)) if record.parent else None
        role = row.role if row else record.role
        fits = role == ("assistant" if above and above.role == "user" else "user")
        if key in found or not fits or bool(record.parent) != bool(above):
            continue
        position = row.position if row else above.position + 1 if above else 0
        parent = above.key if above else None
        found[key] = Placed(record, key, parent, position, role, row is not None)
        if above:
            above.is_answered = True
    _choose_branch(found, known)
    return list(found.values())


def _choose_branch(found: Mapping[uuid.UUID, Placed], known: Mapping[uuid.UUID, Row]) -> None:
    """Mark what is shown: the branch of the file if it is new here, else what continues the branch
    that is shown here."""
    below: defaultdict[uuid.UUID | None, list[Placed]] = defaultdict(list)
    for place in found.values():
        if not place.is_known:
            below[place.parent].append(place)
    shown = [row for row in known.values() if row.on_branch]
    head = max(shown, key=lambda row: row.position).pk if shown else None
    while candidates := below.get(head, []):
        marked = [place for place in candidates if place.record.on_branch]
        if not marked and known:
            return
        chosen = (marked or candidates)[0]
        chosen.on_branch, head = True, chosen.key
