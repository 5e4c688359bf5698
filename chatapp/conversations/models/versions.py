"""The versions of a message: what a person wrote at this place, or the replies to one message."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message


@dataclass(frozen=True, slots=True)
class Versions:
    """The place of a version among all of them. `has_news` says that a reply has ended in another
    one."""

    number: int = 1
    count: int = 1
    previous: UUID | None = None
    next: UUID | None = None
    has_news: bool = False


ONLY = Versions()


def versions(message: "Message") -> Versions:
    """Return the versions of a message; costs a query where there are several, unless `load` did
    it."""
    if message.known_versions is None:
        load([message])
    return message.known_versions or ONLY


def load(messages: "Iterable[Message]") -> None:
    """Look up the versions of all these messages of one conversation, in one query or none."""
    messages = list(messages)
    several = [message for message in messages if message.shown_at]
    found = ids_by_parent(several) if several else {}
    for message in messages:
        siblings = found.get(message.parent_id, [])
        message.known_versions = _place(message, siblings) if message.shown_at else ONLY


def ids_by_parent(messages: "list[Message]") -> dict[UUID | None, list[tuple[UUID, bool]]]:
    """Return the ids of versions and whether they have news, oldest first, by their parent.

    Those that were deleted aren't among them.
    """
    parents = {message.parent_id for message in messages}
    wanted = Q(parent__in=parents - {None})
    if None in parents:
        wanted |= Q(position=0, parent=None)
    rows = type(messages[0]).objects.filter(
        wanted, conversation=messages[0].conversation_id, deleted_at=None
    )
    found = defaultdict(list)
    for pk, parent, news in rows.order_by("created_at", "pk").values_list(
        "pk", "parent", "has_news"
    ):
        found[parent].append((pk, news))
    return found


def _place(message: "Message", siblings: list[tuple[UUID, bool]]) -> Versions:
    ids = [pk for pk, _news in siblings]
    if message.pk not in ids:
        return ONLY
    at = ids.index(message.pk)
    return Versions(
        number=at + 1,
        count=len(ids),
        previous=ids[at - 1] if at else None,
        next=ids[at + 1] if at + 1 < len(ids) else None,
        has_news=any(news for pk, news in siblings if pk != message.pk),
    )
