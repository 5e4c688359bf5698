"""What the app and its picture worker say to each other over two pipes.

A frame is the length of a JSON header, the length of a body (4 bytes each, big-endian), the header
and the body. The worker sends one empty frame when it is ready, then one frame per request.
"""

from __future__ import annotations

import enum
import json
import struct
from dataclasses import asdict, dataclass
from typing import IO, Any

MAX_HEADER_BYTES = 16 * 1024
MAX_REPLY_BYTES = 4 * 1024 * 1024  # a picture and its thumbnail

_LENGTHS = struct.Struct(">II")


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


def send(stream: IO[bytes], header: dict[str, Any], *bodies: bytes) -> None:
    """Write one frame; the bodies are joined on the other side. Raises OSError."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), sum(map(len, bodies))) + text)
    for body in bodies:
        stream.write(body)
    stream.flush()


def receive(stream: IO[bytes], max_body: int) -> tuple[dict[str, Any], bytes]:
    """Read one frame. Raises EOFError when the other side is gone, ValueError for nonsense."""
    header_length, body_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header_length > MAX_HEADER_BYTES or body_length > max_body:
        raise ValueError("a frame above its limit")
    header = json.loads(_exactly(stream, header_length))
    return header, _exactly(stream, body_length)


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


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("the other side is gone")
    return data
