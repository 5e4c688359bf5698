"""Fernet with keys made from SECRET_KEY and SECRET_KEY_FALLBACKS."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from chatapp.connectors.sealing import Unreadable

KEY_BYTES = 32  # what Fernet takes
PURPOSE = b"chatapp.connectors: tokens of servers"  # no other use of SECRET_KEY has this key


def encrypted(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def decrypted(text: str) -> str:
    """Raises Unreadable."""
    try:
        return _keys().decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _keys() -> MultiFernet:
    """The present key, which encrypts, before the former ones."""
    return MultiFernet([_key(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=PURPOSE)
    return Fernet(urlsafe_b64encode(derivation.derive(force_bytes(secret))))
