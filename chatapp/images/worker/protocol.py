"""Exchange between the app and its image worker: a file, then an image or a refusal."""

from __future__ import annotations

import enum
import io
from dataclasses import asdict, dataclass
from typing import IO, Any

from chatapp.workers.frames import receive, send

from .limits import MAX_ENCODED_BYTES, MAX_PARTS, MAX_THUMBNAIL_BYTES

MAX_REPLY_BYTES = MAX_PARTS * (MAX_ENCODED_BYTES + MAX_THUMBNAIL_BYTES)


class Reason(enum.StrEnum):
    TYPE = "type"
    BYTES = "bytes"
    PIXELS = "pixels"
    MEMORY = "memory"
    TIME = "time"
    UNREADABLE = "unreadable"
    INCOMPLETE = "incomplete"
    NO_WORKER = "no worker"


class Remark(enum.StrEnum):
    """Name what is lost of a file that was accepted. The values are stored."""

    PAGE = "page"  # pages after the first
    INCOMPLETE = "incomplete"  # what couldn't be read of a damaged file
    SMALL = "small"  # small text and other details


class Refused(Exception):
    """Report why a file is refused; `limit` is the limit that it exceeds, in bytes or pixels."""

    def __init__(self, reason: Reason, limit: int = 0) -> None:
        super().__init__(reason, limit)
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Encoded:
    """Hold an image as it is stored; width and height are in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class OpenedPart:
    image: Encoded
    thumbnail: Encoded


@dataclass(frozen=True, slots=True)
class Opened:
    """Hold the image of a file, mostly in one part; `animated` if the file had more frames."""

    parts: tuple[OpenedPart, ...]
    animated: bool
    remarks: tuple[Remark, ...] = ()


def send_outcome(stream: IO[bytes], outcome: Opened | Refused) -> None:
    if isinstance(outcome, Refused):
        send(stream, {"refused": outcome.reason, "limit": outcome.limit})
        return
    header, bodies = asdict(outcome), []
    for part in header["parts"]:
        for encoded in part.values():
            bodies.append(encoded.pop("content"))
            encoded["bytes"] = len(bodies[-1])
    send(stream, header, *bodies)


def receive_outcome(stream: IO[bytes]) -> Opened:
    """Read what `send_outcome` wrote. Raises Refused, and what `receive` raises."""
    header, body = receive(stream, MAX_REPLY_BYTES)
    if "refused" in header:
        raise Refused(Reason(header["refused"]), header["limit"])
    content = io.BytesIO(body)

    def encoded(fields: dict[str, Any]) -> Encoded:
        return Encoded(content.read(fields.pop("bytes")), **fields)

    # The bodies are in the order of the header.
    parts = tuple(
        OpenedPart(encoded(part["image"]), encoded(part["thumbnail"])) for part in header["parts"]
    )
    return Opened(parts, header["animated"], tuple(map(Remark, header["remarks"])))
