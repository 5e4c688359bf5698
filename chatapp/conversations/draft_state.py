"""A draft as pages receive it, in an answer and in an event alike."""

from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import timezone

from chatapp.conversations.models import Draft


def draft_state(person_id: UUID, conversation_id: UUID | None) -> dict[str, Any]:
    """Return the draft of a conversation or of the empty page.

    Of two states, the one with the later `at` is newer: the draft is read after it. `at` and
    `written` are seconds by the server's clock, `client_id` is None without a draft, `tab` is the
    one that wrote it, `images` are the HTML of chips.
    """
    at = timezone.now().timestamp()
    draft = Draft.objects.shown(person_id, conversation_id)
    return {
        "conversation": conversation_id,
        "at": at,
        "written": draft.updated_at.timestamp() if draft else 0,
        "client_id": draft.client_id if draft else None,
        "tab": draft.tab if draft else None,
        "text": draft.text if draft else "",
        "images": _chips(draft) if draft else "",
    }


def _chips(draft: Draft) -> str:
    return "".join(
        render_to_string("images/_image_chip.html", {"attachment": attachment})
        for attachment in draft.attachments.all()
    )
