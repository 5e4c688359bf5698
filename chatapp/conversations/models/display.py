"""What templates ask of a message."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from chatapp.rendering import VERSION, render_document

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django_stubs_ext.db.models.manager import RelatedManager

    from chatapp.conversations.models.attachment import Attachment


class MessageDisplay:
    """Mixed into Message; reads its columns, queries nothing that was not prefetched."""

    if TYPE_CHECKING:
        pk: UUID
        conversation_id: UUID
        role: str
        text: str
        html: str
        html_version: int
        model: str
        started_at: datetime | None
        finished_at: datetime | None
        attachments: RelatedManager[Attachment]

    @property
    def shown_html(self) -> SafeString:
        """Safe HTML of a reply: as stored, or rendered anew when the rules have changed since."""
        if self.html_version == VERSION:
            return mark_safe(self.html)  # noqa: S308  (stored by us, sanitised by that version)
        return mark_safe(render_document(self.text, prefix=str(self.pk)))  # noqa: S308

    @property
    def attachments_shown(self) -> "list[Attachment]":
        return list(self.attachments.all()) if self.role == "user" else []

    @property
    def model_label(self) -> str:
        model = settings.CATALOG.get(self.model)
        return model.label if model else self.model

    @property
    def duration_seconds(self) -> float | None:
        if self.finished_at and self.started_at:
            return (self.finished_at - self.started_at).total_seconds()
        return None

    @property
    def urls(self) -> dict[str, str]:
        place = [self.conversation_id, self.pk]
        return {name: reverse(name, args=place) for name in ("state", "stop", "retry")}
