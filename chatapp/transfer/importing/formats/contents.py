"""The content of a message, put together from its nodes."""

from datetime import datetime
from typing import NamedTuple

from chatapp.transfer.importing.formats.conversation import (
    MAX_CALLS,
    MAX_TEXT,
    Call,
    File,
    ReadMessage,
    Role,
)

CUT_OFF = "\n\n*The rest of this message was too long to import.*"


class Content(NamedTuple):
    text: str
    reasoning: str
    thought_seconds: float | None
    model: str
    created_at: datetime | None
    calls: list[Call]
    files: list[File]
    is_cut: bool


def content_of(message: ReadMessage) -> Content:
    """Return the text of all nodes with blank lines between them, and where each call was made."""
    texts: list[str] = []
    length = 0
    calls: list[Call] = []
    sources: dict[str, str] = {}
    for node in message.nodes:
        for call in node.calls:
            _add_call(calls, call._replace(text_length=length + call.text_length))
        if node.text:
            texts.append(node.text)
            length += len(node.text) + 2
        sources.update({url: title for title, url in node.sources})
    text = "\n\n".join(texts) + _listed(sources, message.role)
    is_cut = len(text) > MAX_TEXT
    if is_cut:
        text = text[: MAX_TEXT - len(CUT_OFF)] + CUT_OFF
    seconds = [node.thought_seconds for node in message.nodes if node.thought_seconds is not None]
    return Content(
        text,
        "\n\n".join(node.reasoning for node in message.nodes if node.reasoning)[:MAX_TEXT],
        sum(seconds) if seconds else None,
        next((node.model for node in message.nodes if node.model), ""),
        next((node.created_at for node in message.nodes if node.created_at), None),
        [call._replace(text_length=min(call.text_length, len(text))) for call in calls],
        [file for node in message.nodes for file in node.files],
        is_cut,
    )


def _add_call(calls: list[Call], call: Call) -> None:
    """Add a call; a result that is a node of its own goes to the oldest call that waits for one."""
    for index, earlier in enumerate(calls if not call.arguments else ()):
        if not earlier.result:
            calls[index] = earlier._replace(result=call.result or "{}", is_error=call.is_error)
            return
    if len(calls) < MAX_CALLS:
        calls.append(call)


def _listed(sources: dict[str, str], role: Role) -> str:
    """Return the pages that an answer cites, as a list below it."""
    if not sources or role is not Role.ASSISTANT:
        return ""
    lines = [f"- [{_escaped(title)}](<{url}>)" for url, title in sources.items() if _fits(url)]
    return "\n\nSources:\n\n" + "\n".join(lines) if lines else ""


def _escaped(title: str) -> str:
    flat = " ".join(title.split())
    return "".join(f"\\{letter}" if letter in r"\[]`*_<>&" else letter for letter in flat)


def _fits(url: str) -> bool:
    return not set(url) & set("<>\\ \n\r\t")
