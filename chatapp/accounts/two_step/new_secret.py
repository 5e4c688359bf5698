"""The secret that an authenticator app is given, until its first code shows that it has it.

It is in the session, encrypted: allauth keeps it there as it is.
"""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib.sessions.backends.base import SessionBase

from chatapp.server.encryption import Unreadable

KEY = "two-step.new-secret"


def make(session: SessionBase) -> str:
    secret: str = generate_totp_secret()
    session[KEY] = get_adapter().encrypt(secret)
    return secret


def read(session: SessionBase) -> str:
    """Return the secret that was shown last; "" without one."""
    try:
        return str(get_adapter().decrypt(session.get(KEY, "")))
    except Unreadable:
        return ""


def forget(session: SessionBase) -> None:
    session.pop(KEY, None)
