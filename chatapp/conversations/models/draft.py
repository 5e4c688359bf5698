"""What a person has written and not sent yet, per conversation and for the empty page."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.message import Message

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from chatapp.images.models import Image


class AlreadySent(Exception):
    """A message was sent with this client id; `same` tells whether it says the same."""

    def __init__(self, *, same: bool) -> None:
        super().__init__()
        self.same = same


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What stands in a message box. `edit` counts the changes in one tab, from its load on."""

    client_id: uuid.UUID
    text: str
    tab: uuid.UUID
    edit: int
    images: "tuple[Image | str, ...]" = ()  # a string is a link to one elsewhere


class DraftManager(models.Manager["Draft"]):
    def shown(self, person_id: uuid.UUID, conversation_id: uuid.UUID | None) -> "Draft | None":
        """The draft of a conversation or, for None, of the empty page."""
        sent = Message.objects.filter(author=person_id, client_id=OuterRef("client_id"))
        drafts = self.filter(person=person_id, conversation=conversation_id)
        return drafts.exclude(Exists(sent)).prefetch_related("attachments__image").first()

    def keep(
        self, person: Person, conversation: Conversation | None, written: DraftContent
    ) -> set[uuid.UUID | None]:
        """Puts this in the place of the draft; nothing written means no draft.

        Gives the other places that lost theirs to this one. The last one who writes wins, but for
        saves of one tab that overtook each other. Raises AlreadySent for what was sent meanwhile (a
        late save never brings it back) and DoesNotExist for a conversation deleted meanwhile.
        """
        self._refuse_sent(person, written)
        with transaction.atomic():
            _lock(person, conversation)
            left = self._write(person, conversation, written)
        # A send that was under way did not see this draft, nor we its message.
        self._refuse_sent(person, written)
        return left

    def end(self, person: Person, client_id: uuid.UUID) -> None:
        """The draft has become a message; to be called in the transaction that adds it."""
        sent = self.filter(person=person, client_id=client_id)
        sent.delete()
        # A save that was under way did not see the message, nor we its draft.
        transaction.on_commit(sent.all().delete, robust=True)

    def _refuse_sent(self, person: Person, written: DraftContent) -> None:
        sent = Message.objects.filter(author=person, client_id=written.client_id)
        text = sent.values_list("text", flat=True).first()
        if text is not None:
            self.filter(person=person, client_id=written.client_id).delete()
            raise AlreadySent(same=text == written.text)

    def _write(
        self, person: Person, conversation: Conversation | None, new: DraftContent
    ) -> set[uuid.UUID | None]:
        mine = self.select_for_update().filter(person=person)
        same = mine.filter(client_id=new.client_id)
        if same.filter(tab=new.tab, edit__gte=new.edit).exists():
            return set()
        # The empty page has become a conversation, and what was begun there went along.
        elsewhere = same.exclude(conversation=conversation)
        left: set[uuid.UUID | None] = set(elsewhere.values_list("conversation_id", flat=True))
        elsewhere.delete()
        if new.text or new.images:
            values = {
                "client_id": new.client_id,
                "text": new.text,
                "tab": new.tab,
                "edit": new.edit,
                "updated_at": timezone.now(),
            }
            draft, _ = self.update_or_create(values, person=person, conversation=conversation)
            draft.attach(new.images)
        else:
            same.delete()  # another one may stand here by now
        return left


class Draft(models.Model):
    """`client_id` is that of the message that this text will become: sending it ends the draft."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    # None for the empty page.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="drafts", null=True
    )
    client_id = models.UUIDField(default=uuid.uuid4)
    text = models.TextField(blank=True)
    # Which tab wrote it last, and the how-manieth of its changes it was.
    tab = models.UUIDField(default=uuid.uuid4)
    edit = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar = DraftManager()

    if TYPE_CHECKING:
        attachments: RelatedManager[Attachment]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "conversation"],
                condition=models.Q(conversation__isnull=False),
                name="one_draft_per_conversation",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(conversation__isnull=True),
                name="one_draft_for_the_empty_page",
            ),
        ]
        # Every send looks for the draft that it ends.
        indexes = [models.Index(fields=["person", "client_id"], name="draft_of_message")]

    def __str__(self) -> str:
        return f"Draft of {self.person_id} in {self.conversation_id or 'the empty page'}"

    def attach(self, images: "tuple[Image | str, ...]") -> None:
        """Makes these the images of the draft; while it holds them they are not collected."""
        new = [
            Attachment(draft=self, position=position, **_reference(source))
            for position, source in enumerate(images)
        ]
        if [each.source for each in self.attachments.all()] != [each.source for each in new]:
            self.attachments.all().delete()
            Attachment.objects.bulk_create(new)


def _lock(person: Person, conversation: Conversation | None) -> None:
    """One save of a person at a time, and none while a send or a deletion has the conversation:
    they take drafts after it, and would wait for us while we wait for them."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if conversation:
        Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)


def _reference(source: "Image | str") -> dict[str, "Image | str"]:
    return {"link": source} if isinstance(source, str) else {"image": source}
