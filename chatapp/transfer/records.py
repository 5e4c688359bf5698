"""What is exported of each row, as JSON. docs/export.md describes it for whoever reads the files.

A field is never renamed or given another meaning without a new VERSION; new fields may come.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from chatapp.conversations.models import Attachment, Conversation, Message, ToolCall, ToolCallImage
from chatapp.conversations.models.settings import WithModelSettings
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.projects.models import Project, ProjectFile

FORMAT = "chat-export"
VERSION = 1
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}

_SETTINGS = ("model", "instructions", "thinking", "temperature", "top_p", "max_tokens")
_CONVERSATION = ("id", "title", "titled_by", "created_at", "active_at", "branched_from")
_MARKS = ("pinned_at", "archived_at", "allowed_tools", "personal_instructions")
_MESSAGE = ("id", "position", "on_branch", "shown_at", "has_news", "excluded", "role")
_REPLY = (
    *("model", "thinking", "instructions_digest", "variation", "reasoning", "thought_seconds"),
    "thoughts",
    *("notices", "resume_positions", "error", "error_kind", "finish_reason"),
    *("started_at", "first_token_at", "finished_at"),
)
_USAGE = ("prompt_tokens", "completion_tokens", "usage_is_estimated")
_TOOL_CALL = (
    *("id", "round", "index", "text_length", "call_id", "name", "arguments", "state", "content"),
    *("summary", "error", "note", "seconds"),
)
_IMAGE = (
    *("sha256", "name", "alt", "content_type", "width", "height", "animated", "remarks"),
    "created_at",
)


_DOCUMENT = ("sha256", "name", "format", "created_at")
_PROJECT = ("id", "name", "created_at")


def encode(record: Any) -> bytes:
    """Return JSON in UTF-8; moments are RFC 3339 in UTC."""
    return msgspec.json.encode(record)


def file_record(at: datetime, **content: Any) -> dict[str, Any]:
    """Return the object that every exported file of JSON is."""
    return {"format": FORMAT, "version": VERSION, "exported_at": at, **content}


def settings_record(row: WithModelSettings) -> dict[str, Any]:
    return _values(row, (*_SETTINGS, "tool_choices"))


def conversation_record(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation without its messages, which come last in it."""
    return {
        **_values(conversation, _CONVERSATION + _MARKS),
        "project": conversation.project_id,
        "settings": settings_record(conversation),
    }


def project_record(project: Project) -> dict[str, Any]:
    """Return a project with its files by their hashes; with whom it is shared isn't part of it."""
    return {
        **_values(project, _PROJECT),
        "settings": settings_record(project),
        "files": [_file_record(each) for each in project.files.all()],
    }


def message_record(message: Message, owner_id: UUID) -> dict[str, Any]:
    """Return a message with everything that belongs to it.

    A reply that is still made counts as stopped: the file has what was saved of it.
    """
    status = Message.Status.STOPPED if message.is_unfinished else message.status
    record = {
        **_values(message, _MESSAGE),
        "parent": message.parent_id,
        "status": status,
        "text": message.text,
        "created_at": message.created_at,
    }
    if message.role == Message.Role.USER:
        attachments = [attachment_record(each, owner_id) for each in message.attachments.all()]
        own = {"client_id": message.client_id, "changes": message.changes}
        return record | own | {"attachments": attachments}
    tool_calls = [_tool_call_record(each, owner_id) for each in message.tool_calls.all()]
    return record | {
        **_values(message, _REPLY),
        "client_id": message.client_id,
        "usage": _values(message, _USAGE),
        "tool_calls": tool_calls,
    }


def attachment_record(attachment: Attachment, owner_id: UUID) -> dict[str, Any]:
    record: dict[str, Any] = {"refusal": attachment.refusal}
    if attachment.link:
        return record | {"link": attachment.link}
    if document := attachment.document:
        return record | {
            "document": document.sha256 if document.owner_id == owner_id else None,
            "name": document.name,
            "pages": attachment.pages,
            "document_tokens": attachment.document_tokens,
        }
    return record | _shown_record(attachment, owner_id)


def image_record(image: Image, **content: str) -> dict[str, Any]:
    """Return an image; `content` is its "file" in the archive, or its "data" in base64."""
    return _values(image, _IMAGE) | content


def document_record(document: Document, **content: str) -> dict[str, Any]:
    """Return a document; its text isn't part of it, because whoever imports the file reads it."""
    return _values(document, _DOCUMENT) | content


def document_name(document: Document) -> str:
    ending = "txt" if document.format == Format.TEXT else document.format
    return f"{document.sha256}.{ending}"


def image_name(image: Image) -> str:
    return f"{image.sha256}.{ENDINGS.get(image.content_type, 'bin')}"


def _tool_call_record(tool_call: ToolCall, owner_id: UUID) -> dict[str, Any]:
    images = [_shown_record(each, owner_id) for each in tool_call.images.all()]
    return _values(tool_call, _TOOL_CALL) | {"images": images}


def _shown_record(shown: Attachment | ToolCallImage, owner_id: UUID) -> dict[str, Any]:
    """Name an image by its hash; other people's images are None."""
    image = shown.image
    is_own = image is not None and image.owner_id == owner_id
    sha256 = image.sha256 if image is not None and is_own else None
    return {"image": sha256, "part": shown.part, "part_count": shown.part_count}


def _file_record(file: ProjectFile) -> dict[str, Any]:
    return {
        "document": file.document and file.document.sha256,
        "image": file.image and file.image.sha256,
        "added_at": file.added_at,
    }


def _values(row: object, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
