"""Add conversations of an export to those of a person.

Keys are made from the ids in the export, so adding one again adds only what is new in it.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.models.settings import default_model
from chatapp.transfer.importing.formats.contents import content_of
from chatapp.transfer.importing.formats.conversation import File, ReadConversation, ReadMessage
from chatapp.transfer.importing.places import Places
from chatapp.transfer.importing.rows import Known, Rows

if TYPE_CHECKING:
    from chatapp.accounts.models import Person
    from chatapp.images.models import Image

NAMESPACE = uuid.UUID("6e2f4c0a-93a5-5d0f-8a55-0c3b1f2c7d41")
TITLE_LENGTH = 60  # characters of a title that is made from the first message

type FindImage = Callable[[File], "Image | None"]


@dataclass(frozen=True, slots=True)
class Added:
    """The result of adding a conversation. `is_gone` says that it was deleted here after an earlier
    import, so that nothing was added."""

    conversation: Conversation
    is_new: bool
    messages: int = 0
    total: int = 0  # messages that it has now
    is_gone: bool = False


def key_of(person: "Person", read: ReadConversation) -> uuid.UUID:
    """Return the id of a conversation here: the same for each export of it."""
    name = read.id or "/".join([read.title, str(read.created_at), *_first_texts(read)])
    return uuid.uuid5(NAMESPACE, f"{person.pk}/{read.source}/{name}")


def message_key(conversation: uuid.UUID, message: ReadMessage) -> uuid.UUID:
    return uuid.uuid5(conversation, message.id)


def add(person: "Person", read: ReadConversation, find_image: FindImage) -> Added:
    return add_all(person, [read], find_image)[0]


def project_key(person: "Person", source: str, id_: str) -> uuid.UUID:
    """Return the id of a project here: the same for each export of it."""
    return uuid.uuid5(NAMESPACE, f"{person.pk}/{source}/project/{id_}")


def add_all(
    person: "Person",
    reads: Sequence[ReadConversation],
    find_image: FindImage,
    places: Places | None = None,
) -> list[Added]:
    """Add what isn't here yet, in one transaction. Each conversation has at least one message.

    `find_image` returns the stored image of a file, or None if the export doesn't hold it;
    `places` has the projects.
    """
    added: list[Added] = []
    places = places or Places(person)
    with transaction.atomic():
        places.lock(id_ for read in reads for id_ in _places(person, read))
        rest = [(key_of(person, read), read) for read in reads]
        while rest:
            # An export may have a conversation twice; the second one continues the first.
            some = dict(reversed(rest))
            firsts = [(key, read) for key, read in rest if some[key] is read]
            rest = [(key, read) for key, read in rest if some[key] is not read]
            added += _add_different(person, dict(firsts), find_image, places)
    return added


def _add_different(
    person: "Person",
    reads: dict[uuid.UUID, ReadConversation],
    find_image: FindImage,
    places: Places,
) -> list[Added]:
    rows = Conversation.objects.select_for_update().filter(pk__in=reads)
    here: dict[uuid.UUID, Conversation] = {row.pk: row for row in rows}
    new = {key: _conversation(person, key, reads[key]) for key in reads if key not in here}
    for key, conversation in new.items():
        places.place_new(conversation, _places(person, reads[key]))
    Conversation.objects.bulk_create(new.values())
    mine = [row for row in here.values() if row.is_present and row.owner_id == person.pk]
    for row in mine:
        places.place_known(row, _places(person, reads[row.pk]))
    known: dict[uuid.UUID, list[Known]] = {row.pk: [] for row in mine}
    columns = ("conversation_id", "pk", "position", "role", "on_branch")
    for conversation, *values in Message.objects.filter(conversation__in=mine).values_list(
        *columns
    ):
        known[conversation].append(Known(*values))

    added = []
    made = Rows(person, find_image)
    for key, read in reads.items():
        conversation = new.get(key) or here[key]
        if key in new or key in known:
            count, total = made.add(conversation, read, None if key in new else known[key])
            added.append(Added(conversation, key in new, count, total))
        else:
            added.append(Added(conversation, is_new=False, is_gone=True))
    made.save()
    return added


def _conversation(person: "Person", key: uuid.UUID, read: ReadConversation) -> Conversation:
    now = timezone.now()
    created_at = read.created_at or read.updated_at or now
    title = read.title or next(iter(_first_texts(read)), "")[:TITLE_LENGTH]
    return Conversation(
        pk=key,
        owner=person,
        title=" ".join(title.split())[:120],
        titled_by=Conversation.TitledBy.PERSON,  # no model is asked for another
        created_at=created_at,
        active_at=read.updated_at or created_at,
        model=default_model(),
        pinned_at=created_at if read.is_pinned else None,
        archived_at=created_at if read.is_archived else None,
    )


def _places(person: "Person", read: ReadConversation) -> list[uuid.UUID]:
    return [project_key(person, read.source, read.project)] if read.project else []


def _first_texts(read: ReadConversation) -> list[str]:
    texts = (content_of(message).text for message in read.messages[:2])
    return [text for text in texts if text]
