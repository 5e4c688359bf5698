"""Names of tools for the model, which sees the tools of all servers side by side."""

from __future__ import annotations

import re
from collections.abc import Container
from hashlib import sha256
from itertools import count

from chatapp.mcp.models import Server

MAX_CHARACTERS = 64  # that the model service accepts
MAX_SERVER_CHARACTERS = 24
DIGEST_CHARACTERS = 8
SEPARATOR = "__"


def make_name(server: Server, remote_name: str, taken: Container[str]) -> str:
    """Return `<server>__<tool>`, with a digest where that is too long, empty or taken."""
    prefix = _clean(server.name)[:MAX_SERVER_CHARACTERS].strip("_-").lower()
    tool = _clean(remote_name)
    plain = f"{prefix or f'server{server.pk}'}{SEPARATOR}{tool}"
    if tool and len(plain) <= MAX_CHARACTERS and plain not in taken:
        return plain
    start = plain[: MAX_CHARACTERS - DIGEST_CHARACTERS - 1].rstrip("_-")
    candidates = (f"{start}_{_digest(server, remote_name, number)}" for number in count())
    return next(name for name in candidates if name not in taken)


def _clean(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")


def _digest(server: Server, remote_name: str, number: int) -> str:
    text = f"{server.pk} {number} {remote_name}"
    return sha256(text.encode()).hexdigest()[:DIGEST_CHARACTERS]
