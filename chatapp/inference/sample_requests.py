"""Short requests that try out a service. The diagnostics and `try_inference` send the same ones."""

from __future__ import annotations

import base64
import struct
import zlib

from .catalog import Model
from .types import ChatMessage, CompletionRequest, ImagePart, TextPart

SIDE = 64  # pixels of the sample image


def text_request(model: Model, text: str, max_tokens: int) -> CompletionRequest:
    return CompletionRequest(model.id, (ChatMessage.from_text("user", text),), max_tokens)


def yes_request(model: Model, max_tokens: int) -> CompletionRequest:
    """Ask for the shortest answer."""
    return text_request(model, "Answer with the word yes.", max_tokens)


def image_request(model: Model, url: str, max_tokens: int) -> CompletionRequest:
    """Ask for the colour of the sample image, which is red."""
    parts = (ImagePart(url), TextPart("Which colour is this? One word."))
    return CompletionRequest(model.id, (ChatMessage("user", parts),), max_tokens)


def sample_image(side: int = SIDE) -> bytes:
    """Return a red square as PNG. It isn't compressed: about three bytes for each pixel."""
    row = b"\x00" + b"\xdc\x14\x1e" * side
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(row * side, level=0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*chunk) for chunk in chunks)


def inline_url(image: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)
