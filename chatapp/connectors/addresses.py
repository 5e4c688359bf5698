"""Addresses of servers as the owner types them. Private ones are allowed: whose house it is may
reach into its own network."""

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


def checked(text: str) -> str:
    """The address as it was typed. Raises ValidationError with the sentence for the person."""
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("The address has %(count)s characters; at most %(limit)s fit.")
            % {"count": len(text), "limit": MAX_LENGTH}
        )
    if "@" in re.split("[/?#]", text.partition("//")[2])[0]:
        raise ValidationError(
            _("Leave out what stands before the @: a token belongs into its own field.")
        )
    if "#" in text:
        raise ValidationError(_("Leave out the # and what follows it: no server gets to see that."))
    if not (ADDRESS.fullmatch(text) and text.isprintable() and _is_whole(text)):
        raise ValidationError(_("An address looks like https://tools.example.com/mcp."))
    return text


def origin(address: str) -> str:
    """Scheme, host and port: what has to stay the same for a token to be sent there."""
    url = URL(address)
    return f"{url.scheme}://{url.raw_host}:{url.port}"


def _is_whole(text: str) -> bool:
    try:
        url = URL(text)
    except ValueError:  # a host or a port that is none
        return False
    return bool(url.raw_host) and url.port != 0
