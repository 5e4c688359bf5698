"""Tokens of servers, encrypted for the database: a backup or a copy of it alone opens nothing."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

KEY_BYTES = 32  # what Fernet takes
PURPOSE = b"chatapp.connectors: tokens of servers"  # no other use of SECRET_KEY has this key


class Unreadable(Exception):
    """Sealed with a SECRET_KEY that is neither the present one nor among SECRET_KEY_FALLBACKS."""


def seal(token: str) -> str:
    """Encrypts with SECRET_KEY; "", which is no token, stays ""."""
    return _keys().encrypt(token.encode()).decode() if token else ""


def unseal(sealed: str) -> str:
    """Gives the token back. Raises Unreadable."""
    if not sealed:
        return ""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def is_readable(sealed: str) -> bool:
    try:
        unseal(sealed)
    except Unreadable:
        return False
    return True


def _keys() -> MultiFernet:
    """The present key, which seals, before the former ones."""
    return MultiFernet([_key(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return Fernet(urlsafe_b64encode(derivation.derive(force_bytes(secret))))
