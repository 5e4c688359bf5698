"""Tokens of servers, encrypted with SECRET_KEY: a copy of the database alone opens nothing."""

from base64 import urlsafe_b64encode
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.encoding import force_bytes

KEY_BYTES = 32  # of a Fernet key
PURPOSE = b"chatapp.mcp: tokens of servers"  # nothing else derives this key from SECRET_KEY


class Unreadable(Exception):
    """Neither SECRET_KEY nor any of SECRET_KEY_FALLBACKS decrypts this."""


def encrypt(token: str) -> str:
    """Encrypt with SECRET_KEY; "", which is no token, stays ""."""
    return str(_fernet().encrypt(token.encode()).decode()) if token else ""


def decrypt(encrypted: str) -> str:
    """Return the token. Raise Unreadable."""
    if not encrypted:
        return ""
    # Imported where there is a token: cryptography takes 8 MB of memory.
    invalid: type[Exception] = import_module("cryptography.fernet").InvalidToken
    try:
        return str(_fernet().decrypt(encrypted.encode()).decode())
    except invalid as error:
        raise Unreadable from error


def is_readable(encrypted: str) -> bool:
    try:
        decrypt(encrypted)
    except Unreadable:
        return False
    return True


def _fernet() -> Any:
    """Encrypt with the present key, and decrypt with the former ones too."""
    fernet = import_module("cryptography.fernet")
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return fernet.MultiFernet([fernet.Fernet(_key(secret)) for secret in secrets])


def _key(secret: str | bytes) -> bytes:
    hashes = import_module("cryptography.hazmat.primitives.hashes")
    hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf")
    derivation = hkdf.HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return urlsafe_b64encode(derivation.derive(force_bytes(secret)))
