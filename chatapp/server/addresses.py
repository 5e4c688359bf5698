"""Addresses in config vars: what can be one at all."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# Underscores aren't allowed in host names, but services of a private network often have them.
HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_-]+)*\.?", re.I | re.A)


def is_host(name: str) -> bool:
    """Return whether this is a host name or an IP address, without port and without brackets."""
    try:
        ip_address(name)
    except ValueError:
        return bool(HOST.fullmatch(name))
    return True


def split_url(url: str, *schemes: str) -> SplitResult | None:
    """Return the parts of a URL; None unless it has one of the schemes, a host and a fitting port.

    `port` of the result never raises.
    """
    try:
        parts = urlsplit(url)
        fits = parts.scheme in schemes and is_host(parts.hostname or "") and parts.port != 0
    except ValueError:  # an IP address or a port that is none
        return None
    return parts if fits else None
