"""Emails and names as they are stored, wherever they were typed."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_EMAIL = 254  # characters, as `Person` has them
# Control characters that change the direction of text.
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean_name(typed: str) -> str:
    """Leave out what could reverse the text around a name. One that nobody sees is none."""
    name = " ".join(DIRECTIONS.sub("", typed).split())
    return name if any(unicodedata.category(each)[0] not in "CZ" for each in name) else ""


def clean_email(typed: str) -> str:
    """Return a valid email in small letters, of which there may be more. Raises ValidationError."""
    email = typed.strip().lower()
    if len(email) > MAX_EMAIL:
        raise ValidationError(_("This email is too long."))
    return email
