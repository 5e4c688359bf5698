"""Settings and drafts of an export: they come back where nothing is there yet."""

import uuid
from dataclasses import fields

from django.utils import timezone
from msgspec.structs import asdict

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.accounts.time_zones import find_zone
from chatapp.conversations.models import (
    AlreadySent,
    Conversation,
    Defaults,
    Draft,
    DraftContent,
    DraftsFull,
    ModelSettings,
    Source,
)
from chatapp.images.shown_image import ShownImage
from chatapp.transfer.importing.own.adding import find_conversation
from chatapp.transfer.importing.own.found_files import FindFiles
from chatapp.transfer.importing.own.lookups import is_link
from chatapp.transfer.importing.own.records import DraftRecord, FileMember, SettingsRecord

MAX_IMAGES = 10


def restore_defaults(person: Person, record: SettingsRecord) -> bool:
    """Set the settings of new chats if the person has chosen none; return whether they are set."""
    values = asdict(record)
    names = [field.name for field in fields(ModelSettings)]
    if Defaults.objects.filter(person=person).exists():
        return False
    Defaults.objects.store(person, ModelSettings(**{name: values[name] for name in names}))
    return True


def restore_person(person: Person, record: FileMember) -> list[bool]:
    """Set name, time zone and personal instructions where there are none; return for each of them
    that the file has whether it is set."""
    restored = []
    if record.name:
        restored.append(_fill(person, "name", " ".join(record.name.split())))
    if record.chosen_time_zone and find_zone(record.chosen_time_zone):
        restored.append(_fill(person, "chosen_time_zone", record.chosen_time_zone))
    if record.personal_instructions:
        values = asdict(record.personal_instructions)
        own = PersonalInstructions.objects.of(person)
        restored.append(not own.text)
        if not own.text:
            PersonalInstructions.objects.update_or_create(person=person, defaults=values)
    return restored


def _fill(person: Person, field: str, value: str) -> bool:
    rows = Person.objects.filter(pk=person.pk, **{field: ""})
    return bool(rows.update(**{field: value}))


def restore_draft(person: Person, record: DraftRecord, find: FindFiles) -> bool:
    """Add a draft where there is none; return whether it was added."""
    conversation: Conversation | None = None
    if record.conversation:
        conversation, _key = find_conversation(person, record.conversation)
        if conversation is None or not conversation.is_present:
            return False
    if Draft.objects.filter(person=person, conversation=conversation).exists():
        return False
    written = DraftContent(uuid.uuid4(), record.text, uuid.uuid4(), 1, tuple(_shown(record, find)))
    try:
        Draft.objects.store(person, conversation, written)
    except (AlreadySent, DraftsFull):
        return False
    updated_at = min(record.updated_at or timezone.now(), timezone.now())
    Draft.objects.filter(client_id=written.client_id).update(updated_at=updated_at)
    return True


def _shown(record: DraftRecord, find: FindFiles) -> list[Source]:
    shown: list[Source] = []
    for each in record.attachments[:MAX_IMAGES]:
        if is_link(each.link):
            shown.append(each.link)
        elif each.image and (image := find.image(each.image)):
            shown.append(ShownImage(image, each.part, each.part_count))
        elif each.document and (document := find.document(each.document)):
            shown.append(document)
    return shown
