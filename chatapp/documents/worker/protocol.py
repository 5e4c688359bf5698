"""What the app and the document worker send each other, over `workers.frames`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import IO, Any

from chatapp.workers import frames

from .pages import MAX_CHARACTERS, Extract, Page, Reason, Refused, Unit

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_RESULT_BYTES = 8 * MAX_CHARACTERS  # text as JSON in UTF-8, with the names of the pages
MAX_IMAGE_BYTES = 8 * 1024 * 1024


def send_request(stream: IO[bytes], content: bytes, page: int = 0) -> None:
    """Ask for the text of a file, or for one `page` as an image. Raises OSError."""
    frames.send(stream, {"page": page}, content)


def receive_request(stream: IO[bytes]) -> tuple[bytes, int]:
    header, content = frames.receive(stream, MAX_FILE_BYTES)
    return content, header["page"]


def send_result(stream: IO[bytes], result: Extract | bytes | Refused) -> None:
    match result:
        case Refused():
            frames.send(stream, {"refused": result.reason})
        case bytes():
            frames.send(stream, {}, result)
        case _:
            text = json.dumps(asdict(result), ensure_ascii=False)
            frames.send(stream, {}, text.encode("utf-8", "replace"))


def receive_extract(stream: IO[bytes]) -> Extract:
    """Return the text of a file. Raises Refused, and ValueError for anything invalid."""
    values: dict[str, Any] = json.loads(_receive(stream, MAX_RESULT_BYTES))
    pages = [Page(**page) for page in values.pop("pages")]
    return Extract(**{**values, "unit": Unit(values["unit"]), "pages": pages})


def receive_image(stream: IO[bytes]) -> bytes:
    return _receive(stream, MAX_IMAGE_BYTES)


def _receive(stream: IO[bytes], most: int) -> bytes:
    header, body = frames.receive(stream, most)
    if "refused" in header:
        raise Refused(Reason(header["refused"]))
    return body
