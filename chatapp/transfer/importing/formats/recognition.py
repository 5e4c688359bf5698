"""Tell which product wrote a conversation, by its shape, because browsers rename files."""

from typing import Any

from chatapp.transfer.importing.formats import chatgpt, claude, open_webui
from chatapp.transfer.importing.formats.conversation import ReadConversation
from chatapp.transfer.importing.formats.values import as_dict

FORMATS = (chatgpt, claude, open_webui)


def read_conversation(value: Any) -> ReadConversation | None:
    """Return a conversation of any product that is known; None for anything else."""
    conversation = as_dict(value)
    for product in FORMATS:
        if product.is_conversation(conversation):
            return product.read(conversation)
    return None


def is_list_of_downloads(value: Any) -> bool:
    """Tell whether this is what Claude sends first since August 2026: where to get the files."""
    return isinstance(value, dict) and "data_files" in value and "total_files" in value
