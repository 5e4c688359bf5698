"""Resolve names, and decide which addresses may be connected to."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from ipaddress import IPv4Address, ip_address

import certifi
from yarl import URL

from .addresses import Address, is_public
from .errors import NameUnknown, NotPublic
from .links import literal

MAX_ADDRESSES = 8  # tried for one name; each is a connection that a stranger makes us open
RESOLVER_THREADS = 4
DISCARD_PORT = 9

# Own threads, because a name whose servers never answer blocks its thread for half a minute, and
# the loop's threads also resolve the name of the model service.
_resolvers = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")


async def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name in order of preference (RFC 6724). Raises OSError."""
    # The final dot avoids the search list of the local network, and bytes avoid Python's old IDNA.
    lookup = partial(socket.getaddrinfo, f"{host}.".encode(), port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_resolvers, lookup)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def is_external(address: Address, port: int) -> bool:
    """Return whether an address is public and not this machine's own.

    A firewall that closes a service to the outside doesn't stop connections from its own machine.
    Connecting UDP sends nothing: the kernel only chooses the source address, which is the target
    itself if that is local.
    """
    if not is_public(address):
        return False
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), DISCARD_PORT))
            return ip_address(probe.getsockname()[0]) != address
    except OSError:
        return True  # unreachable, as connecting will find out too


@cache
def public_tls() -> ssl.SSLContext:
    """Return a context with the certificates of browsers. Reading them takes 35 ms, once."""
    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True, slots=True)
class Network:
    """Resolve and check addresses. Only tests use another resolver, open port and certificate."""

    resolve: Callable[[str, int], Awaitable[list[str]]] = resolve
    permits: Callable[[Address, int], bool] = is_external
    tls: Callable[[], ssl.SSLContext] = public_tls

    async def locate(self, url: URL) -> tuple[Address, ...]:
        """Return the addresses of a link's host from one look-up, all of them permitted.

        A single address that is not permitted raises NotPublic: such a name is a mistake, or an
        attempt to bypass this check. Raises NameUnknown when there is no address.
        """
        host, port = str(url.raw_host), int(url.port or 0)
        if known := literal(host):
            addresses: tuple[Address, ...] = (known,)
        else:
            try:
                answers = await self.resolve(host, port)
            except OSError as error:
                raise NameUnknown from error
            addresses = tuple(dict.fromkeys(map(ip_address, answers)))
        if not addresses:
            raise NameUnknown
        if not all(self.permits(address, port) for address in addresses):
            raise NotPublic
        return addresses[:MAX_ADDRESSES]
