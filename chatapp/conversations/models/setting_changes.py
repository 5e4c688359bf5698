"""Which settings of a conversation changed between two messages. These functions are methods of
Message."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.settings import ModelSettings


def note_changes(message: "Message", chosen: "ModelSettings") -> None:
    """Store again which settings changed since the reply before this message."""
    message.changes = changes_for(message.parent, chosen) if message.parent else {}
    message.save(update_fields=["changes"])


def changes_for(reply: "Message", chosen: "ModelSettings") -> dict[str, str]:
    """Return which settings in `chosen` differ from those that made this reply."""
    before = {"model": reply.model, "instructions": reply.instructions_digest}
    now = {"model": chosen.model, "instructions": chosen.instructions_digest}
    return {name: now[name] for name in now if now[name] != before[name]}
