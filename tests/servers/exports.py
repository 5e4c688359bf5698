"""Exports of other products, as they come."""

import io
import json
import zipfile
from typing import Any


def claude(count: int = 2, messages: int = 2, **fields: Any) -> list[dict[str, Any]]:
    """Return Claude's export of so many conversations."""
    return [
        {
            "uuid": f"c{number}",
            "name": f"Chat {number}",
            "created_at": "2026-01-02T00:00:00Z",
            "updated_at": "2026-01-02T00:00:00Z",
            "chat_messages": [
                {
                    "uuid": f"c{number}-{place}",
                    "sender": "assistant" if place % 2 else "human",
                    "text": f"Text {place} of {number}",
                }
                for place in range(messages)
            ],
            **fields,
        }
        for number in range(count)
    ]


def chatgpt(id_: str = "g", parts: list[Any] | None = None, **fields: Any) -> dict[str, Any]:
    """Return a conversation of ChatGPT's export: a message with these parts, and a reply."""
    content = {"content_type": "multimodal_text", "parts": parts or ["Hello"]}
    answer = {"content_type": "text", "parts": ["Hi"]}
    return {
        "conversation_id": id_,
        "title": f"Chat {id_}",
        "create_time": 1767225600.0,
        "update_time": 1767225600.0,
        "mapping": {
            "a": {"parent": None, "message": {"author": {"role": "user"}, "content": content}},
            "b": {"parent": "a", "message": {"author": {"role": "assistant"}, "content": answer}},
        },
        **fields,
    }


def zipped(**files: Any) -> bytes:
    """Return a zip; bytes are stored as they are, and everything else as JSON."""
    return zip_of({name.replace("__", "."): content for name, content in files.items()})


def zip_of(files: dict[str, Any]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            is_raw = isinstance(content, bytes)
            archive.writestr(name, content if is_raw else json.dumps(content))
    return made.getvalue()
