"""Somebody with one of everything, and the removal of a person from begin to end."""

from datetime import timedelta

from django.utils import timezone

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Defaults,
    Draft,
    ModelSettings,
    ToolCall,
    ToolCallImage,
    add_exchange,
)
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.people import removal
from chatapp.sharing.models import Share
from chatapp.sharing.publishing import publish
from chatapp.spending.models import ModelCall
from tests.documents.kit import attach, made_of
from tests.images.conftest import made
from tests.sharing.conftest import CHOICES
from tests.support.replies import MODEL, complete, new_message
from tests.transfer.importing.kit import uploaded
from tests.transfer.kit import image, made_export

MAX_PIECES = 500
LONG_AGO = timedelta(days=31)


def everything_of(person: Person) -> Share:
    """Add a chat with images and a document, its share, a draft, defaults, a download, an upload
    and a call."""
    exchange = add_exchange(person, new_message())
    complete(exchange.reply)
    photo = Image.objects.store(person, made())
    exchange.message.attachments.create(position=0, image=photo)
    attach(exchange.message, made_of(person, "A page."), position=1)
    call = ToolCall.objects.create(
        reply=exchange.reply, round=0, index=0, text_length=0, name="look", state="done"
    )
    ToolCallImage.objects.create(tool_call=call, position=0, image=image(person))
    draft = Draft.objects.create(person=person, text="Half", client_id=exchange.message.pk)
    draft.attachments.create(position=0, image=photo)
    Defaults.objects.store(person, ModelSettings(MODEL))
    share = publish(exchange.conversation, CHOICES)
    made_export(person)
    uploaded(person, b"[]")
    ModelCall.objects.create(
        person=person, purpose="reply", model_asked=MODEL, model=MODEL, made_by="test"
    )
    return share


def removed(person: Person) -> None:
    """Remove a person as the app does, until nothing is left."""
    for model in (Image, Document):
        model.objects.filter(owner=person).update(keep_until="2020-01-01T00:00Z")
    for _piece in range(MAX_PIECES):
        if not removal.remove_piece(person):
            return
    raise AssertionError("There is always more to remove")


def delete_long_ago(person: Person) -> None:
    """Delete a person so that this can't be undone any more."""
    assert membership.delete(person)
    Person.objects.filter(pk=person.pk).update(deleted_at=timezone.now() - LONG_AGO)
