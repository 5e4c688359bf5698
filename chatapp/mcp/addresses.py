"""Addresses of servers as the owner types them. Private ones are allowed, because the owner may
reach into the instance's own network."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from yarl import URL

MAX_LENGTH = 500  # characters
# A host without anything that parsers read differently.
ADDRESS = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\]|[^][/?#@:%\s\\]{1,254})(?::[0-9]{1,5})?(?:[/?][^\s\\]*)?",
    re.IGNORECASE | re.ASCII,
)


def validate(text: str) -> str:
    """Return the address as it was typed. Raise ValidationError with a sentence for the person."""
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("Use at most %(limit)s characters for the address (it has %(count)s).")
            % {"count": len(text), "limit": MAX_LENGTH}
        )
    if "@" in re.split("[/?#]", text.partition("//")[2])[0]:
        raise ValidationError(
            _("Remove everything before the @. Enter a token in its own field below.")
        )
    if "#" in text:
        raise ValidationError(_("Remove the # and everything after it. Servers never receive it."))
    if not (ADDRESS.fullmatch(text) and text.isprintable() and _is_complete(text)):
        raise ValidationError(_("Enter an address such as https://tools.example.com/mcp."))
    return text


def origin(address: str) -> str:
    """Return scheme, host and port. A token is only ever sent to one origin."""
    url = URL(address)
    return f"{url.scheme}://{url.raw_host}:{url.port}"


def _is_complete(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:  # not a valid host or port
        return False
    return bool(url.raw_host) and url.port != 0
