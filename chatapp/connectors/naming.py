"""Names of tools for the model, which knows them all side by side."""

from __future__ import annotations

import re
from collections.abc import Container
from hashlib import sha256
from itertools import count

from chatapp.connectors.models import Server

MAX_CHARACTERS = 64  # what the service takes
SERVER_CHARACTERS = 24
DIGEST_CHARACTERS = 8
JOINT = "__"


def name_for(server: Server, remote_name: str, taken: Container[str]) -> str:
    """`<server>__<tool>`, with a digest where that is too long, says nothing or is taken."""
    first = _cleaned(server.name)[:SERVER_CHARACTERS].strip("_-").lower() or f"server{server.pk}"
    tool = _cleaned(remote_name)
    plain = f"{first}{JOINT}{tool}"
    if tool and len(plain) <= MAX_CHARACTERS and plain not in taken:
        return plain
    begun = plain[: MAX_CHARACTERS - DIGEST_CHARACTERS - 1].rstrip("_-")
    named = (f"{begun}_{_digest(server, remote_name, turn)}" for turn in count())
    return next(name for name in named if name not in taken)


def _cleaned(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_")


def _digest(server: Server, remote_name: str, turn: int) -> str:
    return sha256(f"{server.pk} {turn} {remote_name}".encode()).hexdigest()[:DIGEST_CHARACTERS]
