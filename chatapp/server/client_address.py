"""Find out from which address a request comes, behind any number of proxies."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "unknown"
IPV6_PREFIX = 64  # bits; a home or a server usually gets a network of this size


@dataclass(frozen=True, slots=True)
class ClientAddress:
    """The address of a request, and how it was found.

    `forwarded` is the number of addresses in X-Forwarded-For, which the sender may begin with
    whatever it likes: only the last ones, added by trusted proxies, count.
    """

    address: IPv4Address | IPv6Address | None
    forwarded: int

    @property
    def network(self) -> str:
        """Return what attempts are counted by: the address, or the network of an IPv6 address.

        Whoever has one IPv6 address has the others of its network too.
        """
        if self.address is None:
            return UNKNOWN
        if self.address.version == 4:
            return str(self.address)
        return str(ip_network((self.address, IPV6_PREFIX), strict=False))


def client_address(request: HttpRequest) -> ClientAddress:
    """Return the address that the outermost trusted proxy saw; without proxies, the connection's.

    A request that passed fewer proxies than there should be comes from the first address named.
    """
    header = request.headers.get("X-Forwarded-For", "")
    forwarded = [part.strip() for part in header.split(",") if part.strip()]
    trusted = forwarded[-settings.TRUSTED_PROXIES :] if settings.TRUSTED_PROXIES else []
    address = trusted[0] if trusted else request.META.get("REMOTE_ADDR", "")
    return ClientAddress(_parse(address), len(forwarded))


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an address; some proxies add a port, or brackets around IPv6."""
    if text.count(":") == 1:
        text = text.partition(":")[0]
    elif text.startswith("["):
        text = text[1:].partition("]")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    # A socket for both protocols reports IPv4 as ::ffff:192.0.2.1, all in one IPv6 network.
    return getattr(address, "ipv4_mapped", None) or address
