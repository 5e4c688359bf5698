"""What an engine is asked, in terms of tokens, and what it answers."""

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from chatapp.search.analysis.queries import Term


@dataclass(frozen=True, slots=True)
class Table:
    """Where to look: a table of entries, its index of the newest ones, and its table of FTS5."""

    entries: str
    newest: str
    fts: str


MESSAGES = Table("search_searchentry", "search_newest", "search_fts")
PAGES = Table("search_documententry", "search_newest_page", "search_pages_fts")


@dataclass(frozen=True, slots=True)
class Plan:
    """`terms` must all be there; of each group in `any_of` at least one; of each in `none_of` not
    all. The first term names the owner. Keys are at least `newer` and below `older`."""

    owner_id: UUID
    terms: tuple[Term, ...]
    any_of: tuple[tuple[Term, ...], ...] = ()
    none_of: tuple[tuple[Term, ...], ...] = field(default=())
    newer: int = 0
    older: int = 0
    limit: int = 0
    is_frequent: bool = True  # its words may be in many of the newest rows
    table: Table = MESSAGES


class Hit(NamedTuple):
    key: int
    conversation_id: UUID
    message_id: UUID | None


class TooSlow(Exception):
    """The database took longer than a search may."""
