"""What the app and its image worker send each other: a file, then what was opened or a refusal."""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import IO

from chatapp.workers.frames import receive, send

MAX_REPLY_BYTES = 4 * 1024 * 1024  # a picture and its thumbnail


class Reason(enum.StrEnum):
    TYPE = "type"
    BYTES = "bytes"
    PIXELS = "pixels"
    MEMORY = "memory"
    TIME = "time"
    UNREADABLE = "unreadable"
    NO_WORKER = "no worker"


class Refused(Exception):
    """No picture comes of this file; `limit` is in bytes or pixels, where the reason is one."""

    def __init__(self, reason: Reason, limit: int = 0) -> None:
        super().__init__(reason, limit)
        self.reason = reason
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture as it is kept; width and height in pixels."""

    content: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Opened:
    """What became of a file; `animated` when there was more than the one picture taken from it."""

    picture: Encoded
    thumbnail: Encoded
    animated: bool


def send_outcome(stream: IO[bytes], outcome: Opened | Refused) -> None:
    if isinstance(outcome, Refused):
        send(stream, {"refused": outcome.reason, "limit": outcome.limit})
    else:
        header = asdict(outcome)
        pictures = header["picture"].pop("content"), header["thumbnail"].pop("content")
        send(stream, header | {"bytes": len(pictures[0])}, *pictures)


def receive_outcome(stream: IO[bytes]) -> Opened:
    """Read what `send_outcome` wrote. Raises Refused; EOFError and ValueError as `receive`."""
    header, body = receive(stream, MAX_REPLY_BYTES)
    if "refused" in header:
        raise Refused(Reason(header["refused"]), header["limit"])
    split = header["bytes"]
    return Opened(
        picture=Encoded(content=body[:split], **header["picture"]),
        thumbnail=Encoded(content=body[split:], **header["thumbnail"]),
        animated=header["animated"],
    )
