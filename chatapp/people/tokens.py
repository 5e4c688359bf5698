"""The unguessable part of an invitation's address, of which the database has only a hash.

Unlike the address of a shared chat it can't be shown again: whoever reads it becomes somebody here.
"""

import hashlib
import secrets

TOKEN_BYTES = 18  # 144 bits
TOKEN_LENGTH = 24  # characters


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
