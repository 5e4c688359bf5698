"""Text that a person has written and not sent yet, per conversation and for the empty page."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Exists, Func, OuterRef, Sum
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import document_choice
from chatapp.conversations.models.attachment import ATTACHED, Attachment, Source
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.message import Message

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


# Bytes of text in all drafts of a person. Short drafts are always kept.
MAX_BYTES, SHORT = 20 * 1024**2, 4 * 1024


class DraftsFull(Exception):
    """The person's drafts together take too much space; this one isn't kept."""


class AlreadySent(Exception):
    """A message was sent with this client id; `same` is True when it has the same text."""

    def __init__(self, *, same: bool) -> None:
        super().__init__()
        self.same = same


@dataclass(frozen=True, slots=True)
class DraftContent:
    """The content of a message box. `edit` counts the changes in one tab since it was loaded."""

    client_id: uuid.UUID
    text: str
    tab: uuid.UUID
    edit: int
    attached: tuple[Source, ...] = ()


class Bytes(Func):
    """The length of a text in bytes."""

    function = "OCTET_LENGTH"
    output_field = models.BigIntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # OCTET_LENGTH came with SQLite 3.43.
        template = "LENGTH(CAST(%(expressions)s AS BLOB))"
        return super().as_sql(compiler, connection, template=template, **context)


class DraftManager(models.Manager["Draft"]):
    def shown(self, person_id: uuid.UUID, conversation_id: uuid.UUID | None) -> "Draft | None":
        """Return the draft of a conversation or, for None, of the empty page."""
        sent = Message.objects.filter(author=person_id, client_id=OuterRef("client_id"))
        drafts = self.filter(person=person_id, conversation=conversation_id)
        return drafts.exclude(Exists(sent)).prefetch_related(*ATTACHED).first()

    def store(
        self, person: Person, conversation: Conversation | None, written: DraftContent
    ) -> set[uuid.UUID | None]:
        """Replace the draft by this content; no content means no draft.

        Return the other places whose draft moved here. The last writer wins, except for saves of
        one tab that overtook each other. Raises AlreadySent when it was sent meanwhile (a late save
        never brings it back), DoesNotExist for a conversation deleted meanwhile, and DraftsFull.
        """
        self._refuse_sent(person, written)
        with transaction.atomic():
            _lock(person, conversation)
            self._check_space(person, conversation, written)
            left = self._write(person, conversation, written)
        # A concurrent send didn't see this draft, nor did we see its message.
        self._refuse_sent(person, written)
        return left

    def end(self, person: Person, client_id: uuid.UUID) -> list[int]:
        """Delete the draft that has become a message; call it in the transaction that adds that
        message. Return the number of deleted rows, to which the commit may add another."""
        sent = self.filter(person=person, client_id=client_id)
        counts = [sent.delete()[0]]
        if connection.features.has_select_for_update:
            # A concurrent save didn't see the message, nor did we see its draft. SQLite has one
            # writer at a time, which sees what the one before it has written.
            transaction.on_commit(lambda: counts.append(sent.all().delete()[0]), robust=True)
        return counts

    def _refuse_sent(self, person: Person, written: DraftContent) -> None:
        sent = Message.objects.filter(author=person, client_id=written.client_id)
        text = sent.values_list("text", flat=True).first()
        if text is not None:
            self.filter(person=person, client_id=written.client_id).delete()
            raise AlreadySent(same=text == written.text)

    def _check_space(
        self, person: Person, conversation: Conversation | None, new: DraftContent
    ) -> None:
        size = len(new.text.encode())
        if size <= SHORT:
            return
        others = self.filter(person=person).exclude(client_id=new.client_id)
        others = others.exclude(conversation=conversation)
        used = others.aggregate(bytes=Sum(Bytes("text")))["bytes"] or 0
        if used + size > MAX_BYTES:
            raise DraftsFull

    def _write(
        self, person: Person, conversation: Conversation | None, new: DraftContent
    ) -> set[uuid.UUID | None]:
        mine = self.select_for_update().filter(person=person)
        same = mine.filter(client_id=new.client_id)
        if same.filter(tab=new.tab, edit__gte=new.edit).exists():
            return set()
        # The empty page has become a conversation, and its draft moved there.
        other_places = same.exclude(conversation=conversation)
        left: set[uuid.UUID | None] = set(other_places.values_list("conversation_id", flat=True))
        other_places.delete()
        if new.text or new.attached:
            values = {
                "client_id": new.client_id,
                "text": new.text,
                "tab": new.tab,
                "edit": new.edit,
                "updated_at": timezone.now(),
            }
            draft, _ = self.update_or_create(values, person=person, conversation=conversation)
            draft.attach(new.attached)
        else:
            same.delete()  # there may be a newer draft here
        return left


class Draft(models.Model):
    """Text that isn't sent yet. A message sent with its `client_id` deletes it."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    # None for the empty page.
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="drafts", null=True
    )
    client_id = models.UUIDField(default=uuid.uuid4)
    text = models.TextField(blank=True)
    # The tab that wrote it last, and the number of its changes.
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
        # Every send looks up the draft that it ends.
        indexes = [models.Index(fields=["person", "client_id"], name="draft_of_message")]

    def __str__(self) -> str:
        return f"Draft of {self.person_id} in {self.conversation_id or 'the empty page'}"

    def attach(self, sources: tuple[Source, ...]) -> None:
        """Set what is attached to the draft; it isn't collected while the draft has it."""
        new = [Attachment.of(source) for source in sources]
        for position, attachment in enumerate(new):
            attachment.draft, attachment.position = self, position
        if [each.source for each in self.attachments.all()] != [each.source for each in new]:
            self.attachments.all().delete()
            for attachment in new:
                document_choice.estimate(attachment)
            Attachment.objects.bulk_create(new)


def _lock(person: Person, conversation: Conversation | None) -> None:
    """Allow one save of a person at a time, and none during a send or a deletion in the
    conversation.

    Those lock drafts after the conversation: the other order would deadlock.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if conversation:
        present = Conversation.objects.present()
        present.select_for_update(no_key=True).get(pk=conversation.pk)
