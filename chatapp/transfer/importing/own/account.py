"""Settings and drafts of an export: they come back where nothing is there yet."""

import uuid
from dataclasses import fields
from typing import TYPE_CHECKING

from django.utils import timezone
from msgspec.structs import asdict

from chatapp.conversations.models import (
    AlreadySent,
    Conversation,
    Defaults,
    Draft,
    DraftContent,
    DraftsFull,
    ModelSettings,
)
from chatapp.images.shown_image import ShownImage
from chatapp.transfer.importing.own.adding import FindImage, find_conversation
from chatapp.transfer.importing.own.lookups import is_link
from chatapp.transfer.importing.own.records import DraftRecord, SettingsRecord

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

MAX_IMAGES = 10


def restore_defaults(person: "Person", record: SettingsRecord) -> bool:
    """Set the settings of new chats if the person has chosen none; return whether they are set."""
    values = asdict(record)
    names = [field.name for field in fields(ModelSettings)]
    if Defaults.objects.filter(person=person).exists():
        return False
    Defaults.objects.store(person, ModelSettings(**{name: values[name] for name in names}))
    return True


def restore_draft(person: "Person", record: DraftRecord, find_image: FindImage) -> bool:
    """Add a draft where there is none; return whether it was added."""
    conversation: Conversation | None = None
    if record.conversation:
        conversation, _key = find_conversation(person, record.conversation)
        if conversation is None or not conversation.is_present:
            return False
    if Draft.objects.filter(person=person, conversation=conversation).exists():
        return False
    written = DraftContent(
        uuid.uuid4(), record.text, uuid.uuid4(), 1, tuple(_shown(record, find_image))
    )
    try:
        Draft.objects.store(person, conversation, written)
    except (AlreadySent, DraftsFull):
        return False
    updated_at = min(record.updated_at or timezone.now(), timezone.now())
    Draft.objects.filter(client_id=written.client_id).update(updated_at=updated_at)
    return True


def _shown(record: DraftRecord, find_image: FindImage) -> list[ShownImage | str]:
    shown: list[ShownImage | str] = []
    for each in record.attachments[:MAX_IMAGES]:
        if is_link(each.link):
            shown.append(each.link)
        elif each.image and (image := find_image(each.image)):
            shown.append(ShownImage(image, each.part, each.part_count))
    return shown
