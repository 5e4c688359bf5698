"""Images of somebody who is removed that others still show, because they copied a shared chat.

The database lets no image go that a message shows. So such an image becomes one of those who show
it, and counts for their space from then on.
"""

import json
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, ToolCallImage
from chatapp.images import garbage_collection
from chatapp.images.models import Image
from chatapp.sharing.models import Snapshot
from chatapp.transfer.models import ArchivePart

AT_ONCE = 20  # images


def remove_or_hand_over(person: Person) -> bool:
    """Remove the images that nobody shows, and give others some of the rest."""
    collected = garbage_collection.collect(timezone.now(), person)
    images = list(Image.objects.filter(owner=person)[:AT_ONCE])
    handed_over = [image for image in images if _hand_over(image)]
    return bool(collected.count or handed_over)


@transaction.atomic
def _hand_over(image: Image) -> bool:
    """Give an image to somebody who shows it; False when nobody does."""
    heir = _heir(image)
    if heir is None:
        return False
    same = Image.objects.filter(owner=heir, sha256=image.sha256).first()
    if same is None:
        Image.objects.filter(pk=image.pk).update(owner=heir)
    else:
        _replace(image, same, heir)
    return True


def _heir(image: Image) -> UUID | None:
    others = (
        Attachment.objects.filter(image=image).values_list("message__conversation__owner"),
        Attachment.objects.filter(image=image).values_list("draft__person"),
        ToolCallImage.objects.filter(image=image).values_list(
            "tool_call__reply__conversation__owner"
        ),
        ArchivePart.objects.filter(image=image).values_list("job__owner"),
    )
    for rows in others:
        for (owner,) in rows.distinct():
            if owner not in (None, image.owner_id):
                found: UUID = owner
                return found
    return None


def _replace(image: Image, same: Image, heir: UUID) -> None:
    """Let what the heir shows be the image that they have already, in what they share too."""
    shown = Attachment.objects.filter(image=image)
    shown.filter(message__conversation__owner=heir).update(image=same)
    shown.filter(draft__person=heir).update(image=same)
    made = ToolCallImage.objects.filter(image=image)
    made.filter(tool_call__reply__conversation__owner=heir).update(image=same)
    ArchivePart.objects.filter(image=image, job__owner=heir).update(image=same)
    for snapshot in Snapshot.objects.filter(share__conversation__owner=heir).iterator():
        text = json.dumps(snapshot.stored)
        if str(image.pk) in text:
            snapshot.stored = json.loads(text.replace(str(image.pk), str(same.pk)))
            snapshot.save(update_fields=["stored"])
