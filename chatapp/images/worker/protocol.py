"""Exchange between the app and its image worker: a file, then an image or a refusal."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import IO

from chatapp.workers.frames import receive, send

MAX_REPLY_BYTES = 4 * 1024 * 1024  # an image and its thumbnail


class Reason(enum.StrEnum):
    TYPE = "type"
    BYTES = "bytes"
    PIXELS = "pixels"
    MEMORY = "memory"
    TIME = "time"
    UNREADABLE = "unreadable"
    NO_WORKER = "no worker"


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
class Opened:
    """Hold the image of a file and its thumbnail; `animated` if the file had more images."""

    image: Encoded
    thumbnail: Encoded
    animated: bool


def send_outcome(stream: IO[bytes], outcome: Opened | Refused) -> None:
    if isinstance(outcome, Refused):
        send(stream, {"refused": outcome.reason, "limit": outcome.limit})
    else:
        header = asdict(outcome)
        images = header["image"].pop("content"), header["thumbnail"].pop("content")
        send(stream, header | {"bytes": len(images[0])}, *images)


def receive_outcome(stream: IO[bytes]) -> Opened:
    """Read what `send_outcome` wrote. Raises Refused, and what `receive` raises."""
    header, body = receive(stream, MAX_REPLY_BYTES)
    if "refused" in header:
        raise Refused(Reason(header["refused"]), header["limit"])
    split = header["bytes"]
    return Opened(
        image=Encoded(content=body[:split], **header["image"]),
        thumbnail=Encoded(content=body[split:], **header["thumbnail"]),
        animated=header["animated"],
    )
