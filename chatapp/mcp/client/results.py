"""Turn a server's answer into the output of a tool. All of it is untrusted content."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chatapp.images.data_url import decode_base64
from chatapp.images.formats import HEAD_BYTES, detect
from chatapp.mcp.client.errors import ServerError
from chatapp.server.valid_text import make_valid_source
from chatapp.tools.tool import Output, ToolFailed
from chatapp.tools.untrusted import label_untrusted

MAX_IMAGES = 8
MAX_IMAGE_BYTES = 5 * 1024 * 1024

# For the model.
UNREADABLE_IMAGE = "an image that can't be shown"
LARGE_IMAGE = "an image that is too large to be shown"
EXTRA_IMAGE = "an image more than can be shown"
AUDIO = "a sound recording that can't be played here"
FILE = "a file that can't be read here"
UNKNOWN = "content of an unknown kind"


@dataclass(slots=True)
class Parts:
    """The content of an answer."""

    texts: list[str] = field(default_factory=list)
    resources: list[dict[str, str]] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def make_output(answer: Mapping[str, Any], server: str, done: str) -> Output:
    """Raise ToolFailed with the server's message when the server reports a failure."""
    parts = _parts(_blocks(answer.get("content")))
    if answer.get("isError"):
        message = "\n".join(parts.texts) or _("no reason given")
        sentence = _("%(server)s reports that this failed: %(message)s")
        raise ToolFailed(sentence % {"server": server, "message": message})
    content = label_untrusted(server, _content(parts, answer.get("structuredContent")))
    if parts.excluded:
        content["excluded"] = parts.excluded
    return Output(content, done, images=tuple(parts.images))


def _content(parts: Parts, structured: object) -> object:
    """Return the simplest form: text alone is a string."""
    data = _finite(structured)
    texts = [text for text in parts.texts if data is None or not _repeats(text, data)]
    content: dict[str, object] = {}
    if texts:
        content["text"] = "\n\n".join(texts)
    if data is not None:
        content["data"] = data
    if parts.resources:
        content["resources"] = parts.resources
    return content.get("text") if content.keys() == {"text"} else content or "(nothing)"


def _blocks(content: object) -> Sequence[object]:
    """Return the blocks. Some servers send one block alone, or a text in place of them."""
    if isinstance(content, str):
        return ({"type": "text", "text": content},)
    if isinstance(content, Mapping):
        return (content,)
    return content if isinstance(content, list | tuple) else ()


def _parts(blocks: Iterable[object]) -> Parts:
    parts = Parts()
    for block in blocks:
        match block:
            case {"type": "text", "text": str(text)} if not _is_data_url(text):
                parts.texts.append(text)
            # The second and third are how model services write images, and servers copy them.
            case (
                {"type": "image", "data": str(data)}
                | {"type": "image", "source": {"data": str(data)}}
                | {"type": "image_url", "image_url": {"url": str(data)} | str(data)}
                | {"type": "text", "text": str(data)}
            ):
                _add_image(decode_base64(data), parts)
            case {"type": "audio"}:
                parts.excluded.append(AUDIO)
            case {"type": "resource", "resource": {"text": str(text), **about}}:
                parts.resources.append(_about(about) | {"text": text})
            case {"type": "resource", "resource": {"blob": str(blob), **about}}:
                _add_file(decode_base64(blob), _about(about), parts)
            case {"type": "resource", "resource": {**about}}:
                parts.excluded.append(FILE)
                parts.resources.append(_about(about))
            case {"type": "resource_link", **about}:
                parts.resources.append(_about(about))
            case _:
                parts.excluded.append(UNKNOWN)
    return parts


def _is_data_url(text: str) -> bool:
    """Return whether a text is nothing but an image, which would fill the model's window."""
    return text.lstrip()[:11].lower() == "data:image/" and len(text.split()) == 1


def _add_image(image: bytes | None, parts: Parts) -> None:
    if len(parts.images) == MAX_IMAGES:
        parts.excluded.append(EXTRA_IMAGE)
    elif not image or detect(image[:HEAD_BYTES]) is None:
        parts.excluded.append(UNREADABLE_IMAGE)
    elif len(image) > MAX_IMAGE_BYTES:
        parts.excluded.append(LARGE_IMAGE)
    else:
        parts.images.append(image)


def _add_file(content: bytes | None, about: dict[str, str], parts: Parts) -> None:
    """Add a file that came as bytes: shown if it is an image, read if it is text."""
    kind = about.get("mimeType", "").lower()
    if content and detect(content[:HEAD_BYTES]):
        _add_image(content, parts)
        parts.resources.append(about)
    elif content is not None and (text := _text_in(content, kind)) is not None:
        parts.resources.append(about | {"text": text})
    else:
        parts.excluded.append(AUDIO if kind.startswith("audio/") else FILE)
        parts.resources.append(about)


def _text_in(content: bytes, kind: str) -> str | None:
    """Return the text of a file, None if it is something else."""
    encoding = (
        "utf-16" if content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        # Spreadsheets are still exported in the encoding of Windows.
        text = content.decode("cp1252", "replace") if kind.startswith("text/") else "\0"
    return None if "\0" in text else text


def _about(resource: Mapping[Any, Any]) -> dict[str, str]:
    names = ("uri", "title", "name", "description", "mimeType")
    return {name: resource[name] for name in names if isinstance(resource.get(name), str)}


def _repeats(text: str, data: object) -> bool:
    """Return whether the text is the structured content again, for clients that read only text."""
    try:
        return bool(json.loads(make_valid_source(text), parse_constant=str) == data)
    except (ValueError, RecursionError):
        return False


def _finite(data: object) -> object:
    """Return JSON that others can read: infinite numbers become words."""
    try:
        return json.loads(json.dumps(data), parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise ServerError(_("The server's answer can't be read.")) from error
