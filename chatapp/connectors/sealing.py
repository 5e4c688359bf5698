"""Tokens of servers, encrypted for the database: a backup or a copy of it alone opens nothing."""

from importlib import import_module
from typing import Any


class Unreadable(Exception):
    """Sealed with a SECRET_KEY that is neither the present one nor among SECRET_KEY_FALLBACKS."""


def seal(token: str) -> str:
    """Encrypts with SECRET_KEY; "", which is no token, stays ""."""
    return str(_encryption().encrypted(token)) if token else ""


def unseal(sealed: str) -> str:
    """Gives the token back. Raises Unreadable."""
    return str(_encryption().decrypted(sealed)) if sealed else ""


def is_readable(sealed: str) -> bool:
    try:
        unseal(sealed)
    except Unreadable:
        return False
    return True


def _encryption() -> Any:
    """Imported where there are tokens: it takes 8 MB of memory."""
    return import_module("chatapp.connectors.encryption")
