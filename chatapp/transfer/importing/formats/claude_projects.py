"""Projects of Claude's export: `projects.json` or `projects/<uuid>.json`, as of August 2026 and
before.

A description says what the project is for. The instructions of a project are the only text here
that a person and a model read, so it becomes their beginning.
"""

from collections import Counter
from typing import Any

from chatapp.transfer.importing.formats.claude import SOURCE
from chatapp.transfer.importing.formats.conversation import MAX_NAME, Skipped
from chatapp.transfer.importing.formats.project import (
    MAX_DOCUMENTS,
    MAX_INSTRUCTIONS,
    ReadProject,
    TextDocument,
)
from chatapp.transfer.importing.formats.values import as_dict, as_id, as_list, as_text, as_time

# At least one of them is in every project, and none in a conversation.
MARKS = ("prompt_template", "docs", "is_starter_project")


def is_project(value: dict[str, Any]) -> bool:
    is_other = "chat_messages" in value or "mapping" in value or "chat" in value
    return not is_other and bool(as_id(value.get("uuid"))) and any(each in value for each in MARKS)


def read(project: dict[str, Any]) -> ReadProject:
    skipped: Counter[Skipped] = Counter()
    texts = (as_text(project.get(key)).strip() for key in ("description", "prompt_template"))
    instructions = "\n\n".join(filter(None, texts))
    if len(instructions) > MAX_INSTRUCTIONS:
        instructions = instructions[:MAX_INSTRUCTIONS]
        skipped[Skipped.LONG_INSTRUCTIONS] += 1
    documents = [_document(as_dict(each)) for each in as_list(project.get("docs"))]
    if left := len(documents) - MAX_DOCUMENTS:
        skipped[Skipped.FILE] += max(0, left)
    return ReadProject(
        source=SOURCE,
        id=as_id(project.get("uuid")),
        name=as_text(project.get("name"))[:MAX_NAME],
        instructions=instructions,
        created_at=as_time(project.get("created_at")),
        documents=documents[:MAX_DOCUMENTS],
        is_sample=project.get("is_starter_project") is True,
        skipped=+skipped,
    )


def _document(document: dict[str, Any]) -> TextDocument:
    return TextDocument(
        as_text(document.get("filename"))[:MAX_NAME],
        as_text(document.get("content")),
        as_time(document.get("created_at")),
    )
