"""Verify an ID token (OpenID Connect Core 1.0, section 3.1.3.7).

allauth leaves out the signature and the nonce when it fetched the token itself, and compares the
issuer with what the provider's own document says. Here everything is checked, always.
"""

from typing import Any

import jwt
from django.utils.crypto import constant_time_compare

from chatapp.server.valid_text import make_valid

# Public keys only: with a shared secret, whoever reads it could sign in as anybody.
ALGORITHMS = [f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)]
ALGORITHMS.append("EdDSA")
LEEWAY_SECONDS = 60  # how far two clocks may be apart
MAX_SUBJECT = 191  # characters, as allauth's table has them
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]


class InvalidToken(Exception):
    """Report a token that doesn't prove anything. The text names the check that failed."""


def verify(token: Any, keys: Any, *, issuer: str, client_id: str, nonce: str) -> dict[str, Any]:
    """Return the claims of a token that this provider signed for this app and this sign-in."""
    if not isinstance(token, str):
        raise InvalidToken("missing")
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(keys, jwt.get_unverified_header(token)),
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY_SECONDS,
            options={"require": REQUIRED},
        )
    except jwt.PyJWTError as error:
        raise InvalidToken(type(error).__name__) from error
    _check_party(claims, client_id)
    if not nonce or not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise InvalidToken("nonce")
    if not _is_subject(claims["sub"]):
        raise InvalidToken("sub")
    return claims


def _is_subject(value: Any) -> bool:
    """Return whether the database can store it as it is."""
    return isinstance(value, str) and 0 < len(value) <= MAX_SUBJECT and make_valid(value) == value


def _key(keys: Any, header: dict[str, Any]) -> jwt.PyJWK:
    """Return the provider's key that the token names, or its only one."""
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise InvalidToken("algorithm")
    known = keys.get("keys") if isinstance(keys, dict) else None
    found = [
        key
        for key in (known if isinstance(known, list) else [])
        if isinstance(key, dict)
        and key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and ("kid" not in header or key.get("kid") == header["kid"])
    ]
    if len(found) != 1:
        raise InvalidToken("key")
    return jwt.PyJWK(found[0], algorithm=algorithm)


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    """Refuse a token for several apps that was requested by another one."""
    is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", "" if is_for_several else client_id) != client_id:
        raise InvalidToken("azp")
