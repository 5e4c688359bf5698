"""What templates show of a message. These functions are properties of Message.

They query nothing that was not prefetched: async code renders templates too.
"""

from typing import TYPE_CHECKING

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chatapp.conversations.models.activities import text_ends
from chatapp.conversations.models.notices import notice_sentence, refused_image_sentence
from chatapp.rendering import VERSION, render_document
from chatapp.retirement import offers
from chatapp.server.quick_reverse import url_of

if TYPE_CHECKING:
    from chatapp.conversations.models.attachment import Attachment
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.tool_call import ToolCall


# Each is a URL of a message, most of them only of a reply.
RESOURCES = ("message", "state", "stop", "retry", "continuation", "exclusion", "regeneration")


class MessageUrls:
    """The URLs of a message by their names."""

    def __init__(self, message: "Message") -> None:
        self._ids = (message.conversation_id, message.pk)

    def __getitem__(self, name: str) -> str:
        if name not in RESOURCES:
            raise KeyError(name)
        return url_of(name, *self._ids)


def shown_html(message: "Message") -> SafeString:
    """Return the safe HTML of a reply's text, with empty slots for its activities: as stored, or
    rendered again if the rules have changed since."""
    if message.html_version == VERSION:
        return mark_safe(message.html)  # noqa: S308  (stored by us, sanitised by that version)
    html = render_document(message.text, prefix=str(message.pk), ends=text_ends(message))
    return mark_safe(html)  # noqa: S308  (sanitised)


def shown_attachments(message: "Message") -> "list[Attachment]":
    return list(message.attachments.all()) if message.role == "user" else []


def shown_documents(message: "Message") -> "list[Attachment]":
    return [each for each in shown_attachments(message) if each.document_id]


def shown_tool_calls(message: "Message") -> "list[ToolCall]":
    if message.role == "user" or not message.attempt:
        return []  # nothing has been asked for yet
    if message.known_tool_calls is not None:
        return message.known_tool_calls
    is_prefetched = "tool_calls" in getattr(message, "_prefetched_objects_cache", {})
    return list(message.tool_calls.all() if is_prefetched else message.tool_calls.with_images())


def model_label(message: "Message") -> str:
    return _label(message.model)


def shown_status(message: "Message") -> str:
    """Return "queued" while the service makes us wait, else the status."""
    return "queued" if message.live_status.waits_for is not None else message.status


def change_lines(message: "Message") -> list[str]:
    """Return a line for each setting that the person changed before this message."""
    lines = []
    if "model" in message.changes:
        lines.append(_("Model: %(model)s") % {"model": _label(message.changes["model"])})
    if "instructions" in message.changes:
        lines.append(
            _("Instructions changed") if message.changes["instructions"] else _("No instructions")
        )
    return lines


def difference_lines(message: "Message") -> list[str]:
    """Return how this version of a reply was asked for, as far as versions may differ."""
    if message.role == "user" or message.versions.count == 1:
        return []
    lines = [_label(message.model)]
    if message.thinking:
        lines.append(_("Thinking: %(effort)s") % {"effort": message.get_thinking_display()})
    if message.variation:
        lines.append(message.get_variation_display())
    return lines


def notice_lines(message: "Message") -> list[str]:
    """Return how the request that was sent differs from the original one."""
    notices = dict(message.notices)
    if message.error_kind == "blocked":
        notices.pop("text_rewritten", None)  # it was of no use
    refused = notices.pop("images_refused", [])
    lines = [notice_sentence(change, value) for change, value in sorted(notices.items())]
    return lines + [refused_image_sentence(name, why) for name, why in refused]


def duration_seconds(message: "Message") -> float | None:
    if message.finished_at and message.started_at:
        # The two moments may come from two clocks.
        return max(0.0, (message.finished_at - message.started_at).total_seconds())
    return None


def urls(message: "Message") -> "MessageUrls":
    return MessageUrls(message)


def _label(model_id: str) -> str:
    model = offers.find_known(model_id)
    return model.label if model else model_id
