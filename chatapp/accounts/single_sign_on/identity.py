"""Who the provider says somebody is."""

from dataclasses import dataclass
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from chatapp.server.valid_text import make_valid

MAX_EMAIL, MAX_NAME = 254, 80  # characters, as `Person` has them


@dataclass(frozen=True, slots=True)
class Identity:
    """A verified identity. `email` is "" if the provider sent none that could be one."""

    subject: str
    email: str
    is_verified: bool
    name: str

    @classmethod
    def of(cls, subject: str, claims: dict[str, Any]) -> Self:
        return cls(
            subject=subject,
            email=_email(claims.get("email")),
            # Some providers send the word.
            is_verified=claims.get("email_verified") in (True, "true"),
            name=_name(claims.get("name")),
        )

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]


def _email(value: Any) -> str:
    """Return it in small letters, or "" if that could be the mailbox of somebody else.

    The small letter of U+212A, which providers may take, is the k that everybody types.
    """
    email = value.strip().lower() if isinstance(value, str) else ""
    if not email or not value.strip().rpartition("@")[0].isascii():
        return ""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return email if len(email) <= MAX_EMAIL and make_valid(email) == email else ""


def _name(value: Any) -> str:
    """Return a name on one line; what isn't one is left out, because people can enter theirs."""
    name = " ".join(make_valid(value).split()) if isinstance(value, str) else ""
    return name if len(name) <= MAX_NAME and name.isprintable() else ""
