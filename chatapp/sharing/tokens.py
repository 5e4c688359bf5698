"""The unguessable part of a share's address.

It is derived from the share's id and SECRET_KEY, so the link can be shown again although the
database holds only a hash of it: a copy of the database alone opens nothing.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from django.conf import settings
from django.utils.encoding import force_bytes

TOKEN_BYTES = 18  # 144 bits
TOKEN_LENGTH = 24  # characters
PURPOSE = b"chatapp.sharing: address of a share "  # nothing else derives this from SECRET_KEY


def token_of(share_id: UUID, digest: str = "") -> str:
    """Return the token of a share; "" when neither the present SECRET_KEY nor a former one makes
    the token with this digest. A new share has no digest yet."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        mac = hmac.digest(force_bytes(secret), PURPOSE + share_id.bytes, "sha256")
        token = base64.urlsafe_b64encode(mac[:TOKEN_BYTES]).decode()
        if not digest or hmac.compare_digest(digest_of(token), digest):
            return token
    return ""


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
