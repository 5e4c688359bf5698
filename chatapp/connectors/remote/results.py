"""From what a server answers to what a tool gives. All of it is a stranger's word."""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from chatapp.connectors.remote.trouble import Trouble
from chatapp.images.formats import HEAD_BYTES, detect
from chatapp.server.valid_text import make_valid_source
from chatapp.tools.outside import from_outside
from chatapp.tools.tool import Output, ToolFailed

MAX_IMAGES = 8
MAX_IMAGE_BYTES = 5 * 1024 * 1024

# For the model.
NO_IMAGE = "an image that can't be shown"
TOO_LARGE = "an image that is too large to be shown"
TOO_MANY = "an image more than can be shown"
SOUND = "a sound recording that can't be played here"
BYTES = "a file that can't be read here"
UNKNOWN = "something of a kind that is not known here"


@dataclass(slots=True)
class Parts:
    """What an answer holds."""

    texts: list[str] = field(default_factory=list)
    resources: list[dict[str, str]] = field(default_factory=list)
    images: list[bytes] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)


def output(answer: Mapping[str, Any], server: str, done: str) -> Output:
    """Raises ToolFailed with the server's words when it says that the call failed."""
    parts = _parts(answer.get("content") or ())
    if answer.get("isError"):
        said = "\n".join(parts.texts) or _("It does not say why.")
        sentence = _("%(server)s says that this failed: %(said)s")
        raise ToolFailed(sentence % {"server": server, "said": said})
    content = from_outside(server, _content(parts, answer.get("structuredContent")))
    if parts.excluded:
        content["excluded"] = parts.excluded
    return Output(content, done, images=tuple(parts.images))


def _content(parts: Parts, structured: object) -> object:
    """As plain as it can be: a text alone is no object."""
    data = _finite(structured)
    texts = [text for text in parts.texts if data is None or not _says(text, data)]
    content: dict[str, object] = {}
    if texts:
        content["text"] = "\n\n".join(texts)
    if data is not None:
        content["data"] = data
    if parts.resources:
        content["resources"] = parts.resources
    return content.get("text") if content.keys() == {"text"} else content or "(nothing)"


def _parts(blocks: Iterable[Mapping[str, Any]]) -> Parts:
    parts = Parts()
    for block in blocks:
        match block:
            case {"type": "text", "text": str(text)}:
                parts.texts.append(text)
            case {"type": "image", "data": str(data)}:
                _add_image(data, parts)
            case {"type": "audio"}:
                parts.excluded.append(SOUND)
            case {"type": "resource", "resource": {"text": str(text), **about}}:
                parts.resources.append(_about(about) | {"text": text})
            case {"type": "resource", "resource": {**about}}:
                parts.excluded.append(BYTES)
                parts.resources.append(_about(about))
            case {"type": "resource_link"}:
                parts.resources.append(_about(block))
            case _:
                parts.excluded.append(UNKNOWN)
    return parts


def _add_image(data: str, parts: Parts) -> None:
    if len(parts.images) == MAX_IMAGES:
        parts.excluded.append(TOO_MANY)
        return
    try:
        image = b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        image = b""
    if detect(image[:HEAD_BYTES]) is None:
        parts.excluded.append(NO_IMAGE)
    elif len(image) > MAX_IMAGE_BYTES:
        parts.excluded.append(TOO_LARGE)
    else:
        parts.images.append(image)


def _about(resource: Mapping[Any, Any]) -> dict[str, str]:
    names = ("uri", "title", "name", "description", "mimeType")
    return {name: resource[name] for name in names if isinstance(resource.get(name), str)}


def _says(text: str, data: object) -> bool:
    """Servers say structured content as text once more, for those that know only texts."""
    try:
        return bool(json.loads(make_valid_source(text), parse_constant=str) == data)
    except (ValueError, RecursionError):
        return False


def _finite(data: object) -> object:
    """The same as JSON that others read: endless numbers become words."""
    try:
        return json.loads(json.dumps(data), parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Trouble(_("The server's answer can't be read.")) from error
