"""What a file of this app may hold. Anybody may have written it, so every value has its limits.

A record with a value that doesn't fit is refused as a whole: msgspec raises ValidationError.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from chatapp.accounts.my_account.personal_instructions import MAX_CHARACTERS
from chatapp.conversations.models.notices import SENTENCES
from chatapp.transfer.importing.formats.project import MAX_INSTRUCTIONS

VERSION = 1
MAX_MESSAGES = 200_000  # of a conversation
MAX_FILES = 5_000  # of a project
MAX_CHOICES = 1_000  # of tools
MAX_PERSONAL = 10_000  # characters; both texts with what a model reads before them

Moment = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0, le=2_147_483_647)]
Small = Annotated[int, Meta(ge=0, le=32_767)]
Seconds = Annotated[float, Meta(ge=0, le=1e9)]
Share = Annotated[float, Meta(ge=0, le=1)]
Name = Annotated[str, Meta(max_length=100)]
LongName = Annotated[str, Meta(max_length=200)]
Effort = Literal["", "low", "medium", "high"]
Hash = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class ShownImage(Struct):
    """An attachment, or an image in the result of a tool call. The name is that of a document."""

    image: Hash | None = None
    part: Small = 0
    part_count: Small = 0
    link: Annotated[str, Meta(max_length=2_000)] = ""
    refusal: Annotated[str, Meta(max_length=500)] = ""
    document: Hash | None = None
    name: LongName = ""  # of a document
    pages: LongName = ""
    document_tokens: Count = 0

    @property
    def lost(self) -> str:
        """Return why the export itself doesn't hold it, as a key of `skipped.SKIPPED`."""
        if self.image or self.link or self.document:
            return ""
        return "document_missing" if self.name else "image_missing"


class Usage(Struct):
    prompt_tokens: Count | None = None
    completion_tokens: Count | None = None
    usage_is_estimated: bool = False


class ToolCallRecord(Struct):
    id: UUID
    round: Small
    index: Small
    text_length: Count
    call_id: LongName
    name: LongName
    arguments: str
    state: Literal["done", "failed", "denied", "awaiting_approval", "ready", "running", "unknown"]
    content: str = ""
    summary: Annotated[str, Meta(max_length=300)] = ""
    error: str = ""
    note: str = ""
    seconds: Seconds | None = None
    images: list[ShownImage] = []


class MessageRecord(Struct):
    id: UUID
    role: Literal["user", "assistant"]
    status: Literal["complete", "stopped", "failed"]
    text: str
    parent: UUID | None = None
    on_branch: bool = False
    shown_at: Moment | None = None
    has_news: bool = False
    excluded: bool = False
    created_at: Moment | None = None
    client_id: UUID | None = None
    changes: dict[str, Any] = {}
    attachments: list[ShownImage] = []
    model: Name = ""
    thinking: Effort = ""
    instructions_digest: Annotated[str, Meta(max_length=16)] = ""
    variation: Literal["", "shorter", "detailed"] = ""
    reasoning: str = ""
    thought_seconds: Seconds | None = None
    notices: dict[str, Any] = {}
    resume_positions: list[Count] = []
    error: str = ""
    error_kind: Literal["", "blocked", "refused"] = ""
    finish_reason: Annotated[str, Meta(max_length=20)] = ""
    started_at: Moment | None = None
    first_token_at: Moment | None = None
    finished_at: Moment | None = None
    usage: Usage = msgspec.field(default_factory=Usage)
    tool_calls: list[ToolCallRecord] = []

    def __post_init__(self) -> None:
        if not isinstance(self.changes.get("model", ""), str):
            raise ValueError("changes.model")
        for change, value in self.notices.items():
            _check_notice(change, value)


class SettingsRecord(Struct):
    model: Name
    instructions: Annotated[str, Meta(max_length=MAX_INSTRUCTIONS)] = ""
    thinking: Effort = ""
    temperature: Share | None = None
    top_p: Share | None = None
    max_tokens: Annotated[int, Meta(ge=1, le=2_147_483_647)] | None = None
    tool_choices: Annotated[dict[LongName, bool], Meta(max_length=MAX_CHOICES)] = {}


class ConversationRecord(Struct):
    id: UUID
    settings: SettingsRecord
    messages: Annotated[list[MessageRecord], Meta(max_length=MAX_MESSAGES)]
    title: Annotated[str, Meta(max_length=120)] = ""
    titled_by: Literal["nobody", "model", "person"] = "person"
    created_at: Moment | None = None
    active_at: Moment | None = None
    branched_from: UUID | None = None
    pinned_at: Moment | None = None
    archived_at: Moment | None = None
    project: UUID | None = None
    allowed_tools: list[str] = []
    personal_instructions: Annotated[str, Meta(max_length=MAX_PERSONAL)] = ""


class ProjectFileRecord(Struct):
    image: Hash | None = None
    document: Hash | None = None
    added_at: Moment | None = None


class ProjectRecord(Struct):
    id: UUID
    settings: SettingsRecord
    name: Name = ""
    created_at: Moment | None = None
    files: Annotated[list[ProjectFileRecord], Meta(max_length=MAX_FILES)] = []


class ImageRecord(Struct):
    sha256: Hash
    name: LongName = ""
    alt: Annotated[str, Meta(max_length=500)] = ""
    animated: bool = False
    remarks: Annotated[str, Meta(max_length=100)] = ""
    created_at: Moment | None = None
    width: Count = 0
    height: Count = 0
    file: str = ""
    data: str = ""


class DocumentRecord(Struct):
    sha256: Hash
    name: LongName = ""
    created_at: Moment | None = None
    file: str = ""
    data: str = ""


class DraftRecord(Struct):
    conversation: UUID | None = None
    text: str = ""
    updated_at: Moment | None = None
    attachments: list[ShownImage] = []


class InstructionsRecord(Struct):
    about: Annotated[str, Meta(max_length=MAX_CHARACTERS)] = ""
    answer_style: Annotated[str, Meta(max_length=MAX_CHARACTERS)] = ""


class FileMember(Struct):
    """A member of a file's object beside its lists."""

    format: str = "chat-export"
    version: int = VERSION
    name: Annotated[str, Meta(max_length=80)] = ""
    chosen_time_zone: Annotated[str, Meta(max_length=64)] = ""
    personal_instructions: InstructionsRecord | None = None
    defaults: SettingsRecord | None = None
    tools: dict[str, str] = {}


def _check_notice(change: str, value: Any) -> None:
    """Refuse values of which `notices` makes no sentence."""
    if change == "images_refused":
        msgspec.convert(value, list[tuple[str, str]])
    elif change == "model_replaced":
        msgspec.convert(value, str)
    elif change not in SENTENCES or not isinstance(value, int):
        raise ValueError(change)
