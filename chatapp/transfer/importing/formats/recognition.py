"""Tell which product wrote a conversation or a project: by its shape, as browsers rename files."""

from typing import Any

from chatapp.transfer.importing.formats import chatgpt, claude, claude_projects, open_webui
from chatapp.transfer.importing.formats.conversation import ReadConversation
from chatapp.transfer.importing.formats.project import ReadProject
from chatapp.transfer.importing.formats.values import as_dict

FORMATS = (chatgpt, claude, open_webui)


def read_conversation(value: Any) -> ReadConversation | None:
    """Return a conversation of any product that is known; None for anything else."""
    conversation = as_dict(value)
    for product in FORMATS:
        if product.is_conversation(conversation):
            return product.read(conversation)
    return None


def read_project(value: Any) -> ReadProject | None:
    """Return a project of any product that has some; None for anything else."""
    project = as_dict(value)
    return claude_projects.read(project) if claude_projects.is_project(project) else None


def is_list_of_downloads(value: Any) -> bool:
    """Tell whether this is what Claude sends first since August 2026: where to get the files."""
    return isinstance(value, dict) and "data_files" in value and "total_files" in value
