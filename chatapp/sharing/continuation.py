"""Continue a shared chat: a conversation of the reader's own that begins with a copy of it.

It copies the snapshot, never the author's rows: what came later, the author's instructions and
what the share leaves out stay theirs. Images are shared, not copied.
"""

import uuid
from collections.abc import Collection, Iterator
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import (
    Attachment,
    Conversation,
    ConversationContinued,
    Defaults,
    Message,
    ToolCall,
    ToolCallImage,
)
from chatapp.conversations.models.beginning import check_pace
from chatapp.conversations.models.branching_off import check_size
from chatapp.conversations.signals import messages_added
from chatapp.images.models import Image
from chatapp.sharing.content import Content, SharedImage, SharedMessage
from chatapp.sharing.models import Share, Snapshot

PLACE = ("part", "part_count")


@transaction.atomic
def continue_chat(share: Share, person: Person, new_id: uuid.UUID) -> tuple[Conversation, bool]:
    """Return the copy, and whether it is new: the same id makes one.

    Raises ConversationContinued for an id that is used already, TooManyConversations, and
    Share.DoesNotExist when it was revoked or ended meanwhile, or its chat went to the trash.
    """
    locked: Share = Share.objects.open().select_for_update(of=("self",)).get(pk=share.pk)
    content = locked.snapshot.content
    last = content.messages[-1].id
    if earlier := Conversation.objects.filter(pk=new_id).first():
        if earlier.owner_id != person.pk or earlier.branched_from != last or not earlier.is_present:
            raise ConversationContinued
        return earlier, False
    check_pace(person)
    check_size(person, len(content.messages))
    new = Conversation.objects.create(
        id=new_id,
        owner=person,
        title=locked.title,
        # Neither a model nor anybody else has to find another one.
        titled_by=Conversation.TitledBy.PERSON,
        branched_from=last,
        personal_instructions=PersonalInstructions.objects.of(person).text,
        **asdict(Defaults.objects.of(person)),
    )
    _copy(new, locked.snapshot, locked)
    return new, True


def _copy(new: Conversation, snapshot: Snapshot, share: Share) -> None:
    """Store the messages in their order, then what belongs to them."""
    content, messages = snapshot.content, []
    parent_id = None
    for position, shared in enumerate(content.messages):
        columns = _columns(shared, snapshot.html_version, share)
        if shared.role == "user":
            columns |= {"author": new.owner, "client_id": uuid.uuid4()}
        message = Message(
            conversation=new, parent_id=parent_id, position=position, role=shared.role, **columns
        )
        messages.append(message)
        parent_id = message.pk
    Message.objects.bulk_create(messages)
    _copy_parts(content, messages, share)
    messages_added.send(Message, conversation=new, messages=messages, is_new=True)


def _columns(shared: SharedMessage, html_version: int, share: Share) -> dict[str, Any]:
    columns = {"text": shared.text, "excluded": shared.excluded, "status": shared.status}
    if shared.role == "user":
        return columns | {"text": _with_names(shared)}
    columns |= {
        "html": shared.html,
        # Without tool calls the text has other places for what the model did meanwhile.
        "html_version": html_version if share.with_tool_calls or not shared.tool_calls else 0,
        "model": shared.model,
        "finish_reason": shared.finish_reason,
        "attempt": 1,
    }
    if share.with_thinking:
        names = ("reasoning", "thought_seconds", "thoughts")
        columns |= {name: getattr(shared, name) for name in names}
    if not shared.is_complete:
        # The author's own error may name what is nobody else's business.
        columns |= {"status": Message.Status.FAILED, "error": _("The reply was interrupted.")}
    return columns


def _with_names(shared: SharedMessage) -> str:
    """Return the text of a message with the names of its documents, which aren't copied: they would
    give the reader, and the reader's model, what only belongs to the author."""
    note = _("[%(name)s was attached here. It isn't part of this copy.]")
    notes = [note % {"name": " ".join(each.name.split())} for each in shared.documents]
    return "\n\n".join(filter(None, [shared.text, *notes]))


def _copy_parts(content: Content, messages: list[Message], share: Share) -> None:
    there = _present_images(content) if share.with_images else set()
    attachments, calls, images = [], [], []
    for shared, message in zip(content.messages, messages, strict=True):
        if share.with_images:
            shown = list(_shown(shared.images, there))
            attachments += [Attachment(message=message, **columns) for columns in shown]
        for shared_call in shared.tool_calls if share.with_tool_calls else ():
            call = shared_call.row(message)
            calls.append(call)
            shown = list(_shown(shared_call.shown_images, there))
            images += [ToolCallImage(tool_call=call, **columns) for columns in shown]
    Attachment.objects.bulk_create(attachments)
    ToolCall.objects.bulk_create(calls)
    ToolCallImage.objects.bulk_create(images)


def _present_images(content: Content) -> set[uuid.UUID]:
    wanted = {each.image for each in content.images(with_tool_calls=True) if each.image}
    return set(Image.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def _shown(images: Collection[SharedImage], there: set[uuid.UUID]) -> Iterator[dict[str, Any]]:
    """Yield the columns of images that can be shown; their positions stay as they were."""
    for position, each in enumerate(images):
        if each.link:
            yield {"position": position, "link": each.link}
        elif each.image in there:
            place = {name: getattr(each, name) for name in PLACE}
            yield {"position": position, "image_id": each.image, **place}
