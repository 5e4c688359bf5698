"""Add a conversation of this app's export: ids stay where they are free, and nothing is lost.

An id that isn't free becomes another one, the same at each import, so that importing again adds
only what is new.
"""

import uuid
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec.structs import asdict

from chatapp.conversations.models import (
    Attachment,
    Conversation,
    Message,
    ToolCall,
    ToolCallImage,
)
from chatapp.conversations.signals import conversations_imported
from chatapp.inference.context_window import message_tokens
from chatapp.inference.types import ChatMessage
from chatapp.transfer.importing.adding import Added
from chatapp.transfer.importing.own.found_files import FindFiles, with_document
from chatapp.transfer.importing.own.lookups import is_link, other_id, sent, taken
from chatapp.transfer.importing.own.projects import places_of, settings_columns
from chatapp.transfer.importing.own.records import (
    ConversationRecord,
    MessageRecord,
    ShownImage,
    ToolCallRecord,
)
from chatapp.transfer.importing.own.tree import Placed, placed
from chatapp.transfer.importing.places import Places

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

BATCH = 200  # rows
MAX_IMAGES = 500  # of a message or a tool call


def find_conversation(person: "Person", id_: uuid.UUID) -> tuple[Conversation | None, uuid.UUID]:
    """Return the person's conversation that an earlier import or this app made, and its id; or
    None, and the id that it gets."""
    for key in (id_, other_id(person, id_)):
        found: Conversation | None = Conversation.objects.select_for_update().filter(pk=key).first()
        if found is None or found.owner_id == person.pk:
            return found, key
    raise AssertionError("the other id belongs to this person alone")


def add(person: "Person", record: ConversationRecord, find: FindFiles, places: Places) -> Added:
    """Add what isn't here yet; call it in a transaction. The record has at least one message, and
    `places` have been locked."""
    conversation, key = find_conversation(person, record.id)
    is_new = conversation is None
    if conversation is None:
        conversation = _conversation(person, key, record)
        places.place_new(conversation, places_of(person, record.project))
        conversation.save(force_insert=True)
    elif not conversation.is_present:
        return Added(conversation, is_new=False, is_gone=True)
    else:
        places.place_known(conversation, places_of(person, record.project))
    adding = _Adding(person, conversation, is_new, find)
    adding.add(record.messages)
    if adding.messages:
        conversations_imported.send(Conversation, ids=[conversation.pk])
    return Added(conversation, is_new, len(adding.messages), adding.total)


def _conversation(person: "Person", key: uuid.UUID, record: ConversationRecord) -> Conversation:
    now = timezone.now()
    created_at = record.created_at or now
    return Conversation(
        pk=key,
        owner=person,
        title=record.title,
        titled_by=record.titled_by,
        created_at=created_at,
        active_at=min(record.active_at or created_at, now),
        branched_from=_branched_from(person, record.branched_from),
        pinned_at=record.pinned_at,
        archived_at=record.archived_at,
        personal_instructions=record.personal_instructions,
        **settings_columns(record.settings),
    )


def _branched_from(person: "Person", id_: uuid.UUID | None) -> uuid.UUID | None:
    if id_ is None:
        return None
    others = Message.objects.filter(pk=id_).exclude(conversation__owner=person)
    return other_id(person, id_) if others.exists() else id_


class _Adding:
    def __init__(
        self,
        person: "Person",
        conversation: Conversation,
        is_new: bool,
        find: FindFiles,
    ) -> None:
        self._person = person
        self._conversation = conversation
        self._is_new = is_new
        self._find = find
        self.messages: list[Message] = []
        self.total = 0
        self._attachments: list[Attachment] = []
        self._tool_calls: list[ToolCall] = []
        self._images: list[ToolCallImage] = []

    def add(self, records: list[MessageRecord]) -> None:
        known = {} if self._is_new else self._known()
        tree = placed(records, known, self._keys(records, known))
        self._used = sent(self._person, records)
        calls = [call.id for each in tree if not each.is_known for call in each.record.tool_calls]
        self._taken_calls = taken(ToolCall.objects.all(), calls)
        for place in tree:
            if not place.is_known:
                self._add(place)
            if place.role == "user" and place.on_branch and not place.is_answered:
                self._add_missing_reply(place, known)
        Message.objects.bulk_create(self.messages, batch_size=BATCH)
        Attachment.objects.bulk_create(self._attachments, batch_size=BATCH)
        ToolCall.objects.bulk_create(self._tool_calls, batch_size=BATCH)
        ToolCallImage.objects.bulk_create(self._images, batch_size=BATCH)
        self.total = len(known) + len(self.messages)

    def _known(self) -> dict[uuid.UUID, Message]:
        rows = self._conversation.messages.only("pk", "position", "role", "on_branch")
        return {row.pk: row for row in rows}

    def _keys(
        self, records: Iterable[MessageRecord], known: Collection[uuid.UUID]
    ) -> dict[uuid.UUID, uuid.UUID]:
        """Return the id of each message here, by its id in the file."""
        ids = [record.id for record in records]
        keys = {id_: id_ for id_ in ids}
        for other in (self._person_key, self._own_key):
            others = taken(Message.objects.all(), list(keys.values())) - set(known)
            keys = {id_: other(id_) if key in others else key for id_, key in keys.items()}
        return keys

    def _person_key(self, id_: uuid.UUID) -> uuid.UUID:
        return other_id(self._person, id_)

    def _own_key(self, id_: uuid.UUID) -> uuid.UUID:
        """Return the id of a message that the person has in two other conversations already."""
        return uuid.uuid5(self._conversation.pk, f"own/{id_}")

    def _add(self, place: Placed) -> None:
        record = place.record
        row = Message(
            pk=place.key,
            conversation=self._conversation,
            parent_id=place.parent,
            position=place.position,
            on_branch=place.on_branch,
            attempt=1,  # a reply that nobody has begun shows no tool calls
            **_columns(record),
        )
        row.created_at = record.created_at or self._conversation.created_at
        if record.client_id and record.client_id not in self._used:
            row.client_id = record.client_id
            self._used.add(record.client_id)
        if record.role == "user" or row.client_id:
            row.author = self._person
        self.messages.append(row)
        is_of_person = record.role == "user"
        attachments = list(self._attached(row, record.attachments)) if is_of_person else []
        self._attachments += attachments
        # A model isn't asked with tool calls that this instance may never have made.
        row.is_plain = not attachments
        row.estimated_tokens = message_tokens(ChatMessage.from_text("user", row.text))
        places: set[tuple[int, int]] = set()
        for call in [] if is_of_person else record.tool_calls:
            if (call.round, call.index) not in places:
                places.add((call.round, call.index))
                self._add_call(row, call)

    def _add_missing_reply(self, place: Placed, known: Collection[uuid.UUID]) -> None:
        key = uuid.uuid5(place.key, "missing reply")
        if key not in known and not place.is_known:
            reply = Message(
                pk=key,
                conversation=self._conversation,
                parent_id=place.key,
                position=place.position + 1,
                on_branch=place.on_branch,
                role=Message.Role.ASSISTANT,
                status=Message.Status.FAILED,
                error=_("The export has no reply to this message."),
                model=self._conversation.model,
                attempt=1,
            )
            self.messages.append(reply)

    def _attached(self, row: Message, shown: list[ShownImage]) -> Iterator[Attachment]:
        for position, each in enumerate(shown[:MAX_IMAGES]):
            values = {"message": row, "position": position, "refusal": each.refusal}
            if is_link(each.link):
                yield Attachment(link=each.link, **values)
            elif image := each.image and self._find.image(each.image):
                yield Attachment(image=image, part=each.part, part_count=each.part_count, **values)
            elif document := each.document and self._find.document(each.document):
                yield with_document(document, each, **values)

    def _add_call(self, row: Message, record: ToolCallRecord) -> None:
        values = asdict(record)
        del values["images"]
        if record.id in self._taken_calls:
            place = f"own/{record.round}/{record.index}/{record.id}"
            values["id"] = uuid.uuid5(row.pk, place)
        self._taken_calls.add(record.id)
        call = ToolCall(reply=row, **values)
        self._tool_calls.append(call)
        for position, each in enumerate(record.images[:MAX_IMAGES]):
            if each.image and (image := self._find.image(each.image)):
                parts = {"part": each.part, "part_count": each.part_count}
                self._images.append(
                    ToolCallImage(tool_call=call, position=position, image=image, **parts)
                )


def _columns(record: MessageRecord) -> dict[str, Any]:
    left = ("id", "parent", "on_branch", "created_at", "client_id", "attachments", "usage")
    values = {
        name: value for name, value in asdict(record).items() if name not in (*left, "tool_calls")
    }
    return values | asdict(record.usage)
