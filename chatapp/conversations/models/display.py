"""What templates ask of a message."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from chatapp.rendering import VERSION, render_document

if TYPE_CHECKING:
    from chatapp.conversations.models.attachment import Attachment
    from chatapp.conversations.models.message import Message


class MessageDisplay:
    """Mixed into Message; reads its columns, queries nothing that was not prefetched."""

    @property
    def shown_html(self: "Message") -> SafeString:
        """Safe HTML of a reply: as stored, or rendered anew when the rules have changed since."""
        if self.html_version == VERSION:
            return mark_safe(self.html)  # noqa: S308  (stored by us, sanitised by that version)
        return mark_safe(render_document(self.text, prefix=str(self.pk)))  # noqa: S308

    @property
    def attachments_shown(self: "Message") -> "list[Attachment]":
        return list(self.attachments.all()) if self.role == self.Role.USER else []

    @property
    def model_label(self: "Message") -> str:
        model = settings.CATALOG.get(self.model)
        return model.label if model else self.model

    @property
    def duration_seconds(self: "Message") -> float | None:
        if self.finished_at and self.started_at:
            return (self.finished_at - self.started_at).total_seconds()
        return None

    @property
    def urls(self: "Message") -> dict[str, str]:
        place = [self.conversation_id, self.pk]
        return {name: reverse(name, args=place) for name in ("state", "stop", "retry")}
