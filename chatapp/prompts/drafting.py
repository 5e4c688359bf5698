"""Put a text into the message box of a new chat, behind what is there."""

import uuid

from django.conf import settings

from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import AlreadySent, Draft, DraftContent

BETWEEN = "\n\n"  # what was written and what is added


class MessageTooLong(Exception):
    """The message box would have more than one message may."""


def begin_chat(person: Person, text: str) -> None:
    """Add the text to the draft of the empty page. Raises MessageTooLong and DraftsFull."""
    written = _continued(Draft.objects.shown(person.pk, None), text)
    if len(written.text) > settings.MAX_MESSAGE_CHARACTERS:
        raise MessageTooLong
    try:
        Draft.objects.store(person, None, written)
    except AlreadySent:  # what was there, in the meantime
        Draft.objects.store(person, None, _content(text))
    events.draft_changed(person.pk, None)


def _continued(draft: Draft | None, text: str) -> DraftContent:
    if draft is None:
        return _content(text)
    before = draft.text.rstrip()
    return DraftContent(
        draft.client_id,
        before + BETWEEN + text if before else text,
        uuid.uuid4(),
        1,
        tuple(each.source for each in draft.attachments.all()),
    )


def _content(text: str) -> DraftContent:
    return DraftContent(uuid.uuid4(), text, uuid.uuid4(), 1)
