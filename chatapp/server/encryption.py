"""Encrypt secrets with SECRET_KEY before they are stored: a copy of the database opens nothing."""

from base64 import urlsafe_b64encode
from importlib import import_module
from typing import Any

from django.conf import settings
from django.utils.encoding import force_bytes

KEY_BYTES = 32  # of a Fernet key


class Unreadable(Exception):
    """Neither SECRET_KEY nor any of SECRET_KEY_FALLBACKS decrypts this."""


class SecretBox:
    """Encrypt secrets of one kind. Its purpose gives it a key that nothing else derives."""

    def __init__(self, purpose: bytes) -> None:
        self._purpose = purpose

    def encrypt(self, secret: str) -> str:
        """Encrypt with SECRET_KEY; "", which is no secret, stays ""."""
        return str(self._fernet().encrypt(secret.encode()).decode()) if secret else ""

    def decrypt(self, encrypted: str) -> str:
        """Return the secret. Raise Unreadable."""
        if not encrypted:
            return ""
        # Imported where there is a secret: cryptography takes 8 MB of memory.
        invalid: type[Exception] = import_module("cryptography.fernet").InvalidToken
        try:
            return str(self._fernet().decrypt(encrypted.encode()).decode())
        except invalid as error:
            raise Unreadable from error

    def is_readable(self, encrypted: str) -> bool:
        try:
            self.decrypt(encrypted)
        except Unreadable:
            return False
        return True

    def _fernet(self) -> Any:
        """Encrypt with the present key, and decrypt with the former ones too."""
        fernet = import_module("cryptography.fernet")
        secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        return fernet.MultiFernet([fernet.Fernet(self._key(secret)) for secret in secrets])

    def _key(self, secret: str | bytes) -> bytes:
        hashes = import_module("cryptography.hazmat.primitives.hashes")
        hkdf = import_module("cryptography.hazmat.primitives.kdf.hkdf")
        algorithm = hashes.SHA256()
        derivation = hkdf.HKDF(algorithm, length=KEY_BYTES, salt=None, info=self._purpose)
        return urlsafe_b64encode(derivation.derive(force_bytes(secret)))
