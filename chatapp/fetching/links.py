"""Parse links strictly: an address that two parsers could read in two ways is refused."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

from yarl import URL

from .addresses import Address
from .errors import BadLink, BadRedirect, NotPublic

MAX_LINK_LENGTH = 4_096  # characters; signed storage links have about 2,500
MIN_FREE_PORT = 1_024

# No user name or password, no zone, no percent sign in the host: `http://a.com@10.0.0.1/`. The
# host's length is limited because normalising 4,000 Arabic ligatures takes a quarter of a second.
LINK = re.compile(
    r"https?://(?:\[[0-9a-f:.]+\]|[^][/?#@:%\s]{1,254})(?::[0-9]{1,5})?(?:[/?#].*)?",
    re.IGNORECASE | re.ASCII,
)
ORIGIN = re.compile(r"https?://[^/?#]*", re.IGNORECASE | re.ASCII)
# Visible ASCII without what browsers encode as well: quotes, angle brackets and backticks.
SENT_AS_TYPED = "".join(char for char in map(chr, range(0x21, 0x7F)) if char not in '"<>`')
# The last label begins with a letter: the resolver reads 2130706433, 0177.0.0.1, 127.1 and 0x7f.1
# as 127.0.0.1. At least two labels, because a single one is a name of the local network.
NAME = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+"
    r"[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z"
)
# Reserved for use inside a network (RFC 6761, 6762, 7686, 8375, ICANN's .internal), or often used
# there.
PRIVATE_SUFFIXES = (
    ".alt",
    ".corp",
    ".example",
    ".home",
    ".home.arpa",
    ".internal",
    ".intranet",
    ".invalid",
    ".lan",
    ".local",
    ".localdomain",
    ".localhost",
    ".onion",
    ".private",
    ".test",
)
# Ports from 1024 up that browsers refuse, so that HTTP is not sent to other services ("port
# blocking" in the Fetch standard). Below 1024 only the web's own two ports are allowed.
BLOCKED_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080}
    | set(range(6665, 6670))
)


def parse(text: str) -> URL:
    """Return the link without its fragment, its host in lower-case ASCII, the rest as it was typed.

    Raises BadLink for everything except http(s) with a plain host, and NotPublic for a name or a
    spelling that is only valid inside a network.
    """
    if len(text) > MAX_LINK_LENGTH or "\\" in text or not all(map(_is_plain, text)):
        raise BadLink.in_form()
    if not LINK.fullmatch(text):
        raise BadLink.in_form()
    try:
        url = URL(text).origin()
    except ValueError as error:
        raise BadLink.in_form() from error
    host = (url.raw_host or "").removesuffix(".")
    if literal(host) is None and not _is_public_name(host):
        raise NotPublic
    if not _is_web_port(url.port or 0):
        raise BadLink.in_port()
    origin = str(url.with_host(host)).rstrip("/")
    return URL(origin + _as_typed(ORIGIN.sub("", text, count=1)), encoded=True)


def follow(url: URL, location: str) -> URL:
    """Return the target of a redirect, by the same rules, and never from https to http."""
    if not location or not all(map(_is_plain, location)):  # joining would drop tabs and line ends
        raise BadLink.in_redirect()
    try:
        target = parse(_join(url, location))
    except (BadLink, ValueError) as error:
        raise BadLink.in_redirect() from error
    if url.scheme == "https" and target.scheme != "https":
        raise BadRedirect.to_unprotected()
    return target


def _join(url: URL, location: str) -> str:
    """Return the target of a redirect. Only a relative one is joined, which could respell it."""
    if ORIGIN.match(location):
        return location
    if location.startswith("/") and not location.startswith("//"):
        return str(url.origin()) + location
    return urljoin(str(url), location)


def _as_typed(rest: str) -> str:
    """Return path and query of a link; only what can't be sent is percent-encoded.

    Decoding an escape and encoding it again could make another address of it, such as one whose
    signature is wrong.
    """
    return quote(rest.partition("#")[0], safe=SENT_AS_TYPED)


def literal(host: str) -> Address | None:
    """Return the address if the host is one in its normal spelling, None for a name."""
    for kind in (IPv4Address, IPv6Address):
        try:
            return kind(host)
        except AddressValueError:
            continue
    return None


def _is_public_name(host: str) -> bool:
    return NAME.match(host) is not None and not host.endswith(PRIVATE_SUFFIXES)


def _is_web_port(port: int) -> bool:
    return port in (80, 443) or (port >= MIN_FREE_PORT and port not in BLOCKED_PORTS)


def _is_plain(char: str) -> bool:
    """Return whether the character is visible or an ASCII space, and no control character."""
    return char == " " or unicodedata.category(char)[0] not in "CZ"
