"""What belongs to a message or a draft: an image, a link to one on another site, or a document."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from chatapp.conversations.models.message import Message
from chatapp.documents import choice_labels, page_ranges
from chatapp.documents.chosen_pages import MAX_LENGTH, ChosenPages
from chatapp.documents.models import Document
from chatapp.images.losses import loss_notes
from chatapp.images.shown_image import ShownImage, part_name
from chatapp.inference.context_window import image_tokens

LINK_LENGTH = 2_000  # characters
REFUSAL_LENGTH = 500

# What lists of messages and drafts prefetch: templates show it without a query.
ATTACHED = ("attachments__image", "attachments__document")
# What a person attaches; a string is a link to an image on another site.
type Source = ShownImage | Document | ChosenPages | str


class Attachment(models.Model):
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="attachments", null=True
    )
    draft = models.ForeignKey(
        "conversations.Draft", on_delete=models.CASCADE, related_name="attachments", null=True
    )
    position = models.PositiveSmallIntegerField()
    image = models.ForeignKey(
        "images.Image", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    # Which pages of a sent document go to the model, such as "1-80, 95"; empty for none. In a
    # draft: those that the person chose; empty for all that fit.
    pages = models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_default="")
    # Estimate of these pages; 0 for what isn't a document.
    document_tokens = models.PositiveIntegerField(default=0, db_default=0)
    # Which part of a long image it is, from 1; both are 0 for a whole image.
    part = models.PositiveSmallIntegerField(default=0, db_default=0)
    part_count = models.PositiveSmallIntegerField(default=0, db_default=0)
    link = models.URLField(max_length=LINK_LENGTH, blank=True)
    # Why the model service could not use it: later requests exclude it.
    refusal = models.CharField(max_length=REFUSAL_LENGTH, blank=True, default="", db_default="")

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "position"], name="one_attachment_per_position"
            ),
            models.CheckConstraint(
                condition=models.Q(image=None, document=None, link__gt="")
                | models.Q(image__isnull=False, document=None, link="")
                | models.Q(image=None, document__isnull=False, link=""),
                name="image_link_or_document",
            ),
            models.CheckConstraint(
                condition=models.Q(message=None, draft__isnull=False)
                | models.Q(message__isnull=False, draft=None),
                name="beside_message_or_draft",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, source: Source) -> "Attachment":
        """Return an attachment of an image, a document or a link, not saved yet."""
        if isinstance(source, str):
            return cls(link=source)
        if isinstance(source, Document):
            return cls(document=source)
        if isinstance(source, ChosenPages):
            return cls(document=source.document, pages=source.pages)
        return cls(image=source.image, part=source.part, part_count=source.part_count)

    @property
    def kind(self) -> str:
        if self.document_id:
            return "document"
        return "image" if self.image_id else "link"

    @property
    def source(self) -> str:
        """Return what a form sends: the id of an upload and which part it is, or the link.

        A document has the pages that the person chose, and in a message those that went along.
        """
        if self.document:
            pages = "" if self.is_whole else f"/{self.pages}"
            return f"document/{self.document_id}{pages}"
        place = f"/{self.part}/{self.part_count}" if self.part else ""
        return f"{self.image_id}{place}" if self.image_id else self.link

    @property
    def is_whole(self) -> bool:
        """Return whether no pages of the document are named, or all of them."""
        count = self.document.read_count if self.document else 0
        return self.pages in ("", page_ranges.write(range(1, count + 1)))

    @property
    def extent(self) -> str:
        """Return what the document is, how long, and which pages of it go along."""
        if self.document is None:
            return ""
        if self._has_pages:
            return choice_labels.extent_along(self.document, self.pages)
        return self.document.extent

    @property
    def url(self) -> str:
        if self.document_id:
            return reverse("document", args=[self.document_id])
        return reverse("image", args=[self.image_id]) if self.image_id else self.link

    @property
    def name(self) -> str:
        if self.document:
            return self.document.name
        return part_name(self.image.name, self.part, self.part_count) if self.image else self.link

    @property
    def alternative(self) -> str:
        """Return the text for screen readers."""
        return (self.image.alt if self.image else "") or self.name

    @property
    def width(self) -> int | None:
        return self.image.width if self.image else None

    @property
    def height(self) -> int | None:
        return self.image.height if self.image else None

    @property
    def tokens(self) -> int:
        """Return the estimated tokens that the model counts for it.

        Those of a document are what fits into an empty chat, until its pages are chosen or sent.
        """
        if self.document:
            return self.document_tokens if self._has_pages else self.document.sent_tokens
        return image_tokens(self.width or 0, self.height or 0)

    @property
    def note(self) -> str:
        """Return what the person should know about it before sending."""
        if self.document:
            if self._has_pages:
                return choice_labels.note_of(self.document, self.pages, self.document_tokens)
            return self.document.note
        shown = ShownImage(self.image, self.part, self.part_count) if self.image else None
        return " ".join(loss_notes(shown)) if shown else ""

    @property
    def _has_pages(self) -> bool:
        """Return whether its pages are known: in a draft only those that the person chose."""
        return bool(self.message_id or self.pages)

    def refuse(self, why: str) -> None:
        """Store why the model service could not use this image."""
        self.refusal = why[:REFUSAL_LENGTH]
        self.save(update_fields=["refusal"])
