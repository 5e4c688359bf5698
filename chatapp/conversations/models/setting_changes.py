"""Which settings of a conversation changed between two messages. These functions are methods of
Message."""

from typing import TYPE_CHECKING

from chatapp.inference.model_names import is_same_model

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.settings import ModelSettings


def note_changes(message: "Message", chosen: "ModelSettings") -> None:
    """Store again which settings changed since the reply before this message."""
    message.changes = changes_for(message.parent, chosen) if message.parent else {}
    message.save(update_fields=["changes"])


def changes_for(reply: "Message", chosen: "ModelSettings") -> dict[str, str]:
    """Return which settings in `chosen` differ from those that made this reply."""
    changes = {}
    if not is_same_model(chosen.model, reply.model):
        changes["model"] = chosen.model
    if chosen.instructions_digest != reply.instructions_digest:
        changes["instructions"] = chosen.instructions_digest
    return changes
