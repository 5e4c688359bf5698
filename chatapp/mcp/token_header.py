"""How a server wants its token: in which header, and after which word."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from chatapp.mcp.models import MAX_HEADER_LENGTH

AUTHORIZATION = "authorization"
# RFC 9110, section 5.6.2: the characters of a header's name.
NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+", re.IGNORECASE | re.ASCII)
# They belong to the connection and the protocol. A token in them would break each request.
RESERVED = {
    "accept", "accept-encoding", "connection", "content-encoding", "content-length",
    "content-type", "host", "keep-alive", "last-event-id", "origin", "te", "trailer",
    "transfer-encoding", "upgrade",
}  # fmt: skip
RESERVED_START = ("mcp-", "proxy-", "sec-")

# Visible ASCII, which is valid in a header. A few schemes of Authorization are written before it.
TOKEN = re.compile(r"(?:(?:Basic|Token|ApiKey|Api-Key|Key) )?[!-~]*", re.IGNORECASE | re.ASCII)
BEARER = re.compile("bearer +", re.IGNORECASE)  # often pasted along; the client sends it anyway
WHOLE_LINE = re.compile(r"(?P<name>[a-z0-9-]+): +(?P<token>.+)", re.IGNORECASE | re.ASCII)


def split_line(text: str) -> tuple[str, str]:
    """Return header and token of a whole line such as "X-API-Key: abc", else "" and the text."""
    line = WHOLE_LINE.fullmatch(text)
    return (line["name"], line["token"]) if line else ("", text)


def validate_header(text: str) -> str:
    """Return the name of a header, "" for Authorization. Raise ValidationError with a sentence."""
    name = text.strip().removesuffix(":").rstrip()
    if name.lower() in ("", AUTHORIZATION):
        return ""
    if len(name) > MAX_HEADER_LENGTH or not NAME.fullmatch(name):
        raise ValidationError(_("Enter the name of a header, such as X-API-Key."))
    if name.lower() in RESERVED or name.lower().startswith(RESERVED_START):
        raise ValidationError(_("This header is used for something else. Enter another one."))
    return name


def token_line(header: str, token: str) -> tuple[str, str]:
    """Return name and value of the header that carries a token."""
    if header:
        return header, token
    return "Authorization", token if " " in token else f"Bearer {token}"
