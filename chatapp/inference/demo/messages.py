"""Read the messages of a valid request."""

from __future__ import annotations

import re
from typing import Any

CHARACTERS_PER_TOKEN = 4
# Documents, and the lines before images that have names.
MATERIAL = re.compile(
    r"^<document .*?^</document>\s*|^\[The (?:image|scanned page) [^\n]*\]$\s*",
    re.DOTALL | re.MULTILINE,
)
DOCUMENT = re.compile(r'^<document name="([^"\n]+)" .* of="', re.MULTILINE)
# One line for each image of a project, which come before other images in every request.
OF_PROJECT = re.compile(r"^\[The image “[^\n]*” of the project:\]$", re.MULTILINE)
TOKENS_PER_IMAGE = 1_568  # the most that real models count


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    if isinstance(content, str):
        return content
    return "\n\n".join(part["text"] for part in content if part["type"] == "text")


def words_of(message: dict[str, Any]) -> str:
    """Return the text without the material before it."""
    return MATERIAL.sub("", text_of(message))


def image_urls(message: dict[str, Any]) -> list[str]:
    content = message["content"]
    if isinstance(content, str):
        return []
    return [part["image_url"]["url"] for part in content if part["type"] == "image_url"]


def attached_images(message: dict[str, Any]) -> list[str]:
    """Return the URLs of images without those of a project, which the person didn't just send."""
    return image_urls(message)[len(OF_PROJECT.findall(text_of(message))) :]


def document_names(messages: list[dict[str, Any]]) -> list[str]:
    """Return the names of the documents that the messages have, those of the newest first."""
    found = [DOCUMENT.findall(text_of(message)) for message in reversed(messages)]
    return list(dict.fromkeys(name for names in found for name in names))


def wants_title(messages: list[dict[str, Any]]) -> bool:
    system = " ".join(text_of(message) for message in messages if message["role"] == "system")
    return bool(re.search(r"\btitle\b", system, re.IGNORECASE))


def prompt_tokens(request: dict[str, Any]) -> int:
    characters = sum(len(text_of(message)) for message in request["messages"])
    images = sum(len(image_urls(message)) for message in request["messages"])
    return 1 + characters // CHARACTERS_PER_TOKEN + images * TOKENS_PER_IMAGE


def thinks_aloud(request: dict[str, Any]) -> bool:
    """Return whether the answer should include reasoning, as the request asks for it."""
    thinking = request.get("extended_thinking") or {}
    return bool(thinking.get("enabled") and thinking.get("include_reasoning"))
