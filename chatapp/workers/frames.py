"""Exchange frames between the app and a worker process over two pipes.

A frame is the length of a JSON header, the length of a body (4 bytes each, big-endian), the header
and the body. A worker sends one empty frame when it is ready, then one frame per request.
"""

from __future__ import annotations

import json
import struct
from typing import IO, Any

MAX_HEADER_BYTES = 16 * 1024

_LENGTHS = struct.Struct(">II")


def send(stream: IO[bytes], header: dict[str, Any], *bodies: bytes) -> None:
    """Write one frame, with the bodies joined. Raises OSError."""
    text = json.dumps(header).encode()
    stream.write(_LENGTHS.pack(len(text), sum(map(len, bodies))) + text)
    for body in bodies:
        stream.write(body)
    stream.flush()


def receive(stream: IO[bytes], max_body: int) -> tuple[dict[str, Any], bytes]:
    """Read one frame. Raises EOFError at the end of the stream, ValueError for invalid data."""
    header_length, body_length = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
    if header_length > MAX_HEADER_BYTES or body_length > max_body:
        raise ValueError("a frame is above its limit")
    header = json.loads(_exactly(stream, header_length))
    return header, _exactly(stream, body_length)


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("the other side has ended")
    return data
