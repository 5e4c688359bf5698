"""Names to addresses, and which of them may be connected to."""

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

MAX_ADDRESSES = 8  # of one name that are tried; each is a connection that a stranger makes us open
RESOLVER_THREADS = 4
DISCARD_PORT = 9

# Threads of our own: a name whose servers never answer holds its thread for half a minute, and
# the loop's threads also resolve the model service's name.
_resolvers = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="resolver")


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order of preference (RFC 6724); OSError when it has none."""
    # The dot at the end keeps the search list of a local network out; bytes keep Python's old IDNA.
    lookup = partial(socket.getaddrinfo, f"{host}.".encode(), port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_resolvers, lookup)
    return [str(sockaddr[0]) for *_, sockaddr in found]


def is_elsewhere(address: Address, port: int) -> bool:
    """Whether an address is public and not this machine's own.

    A service that a firewall closes to the outside is open to a connection from its own machine.
    Connecting UDP sends nothing: the kernel only chooses the source address, which is the target
    itself where that is local.
    """
    if not is_public(address):
        return False
    family = socket.AF_INET if isinstance(address, IPv4Address) else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((str(address), DISCARD_PORT))
            return ip_address(probe.getsockname()[0]) != address
    except OSError:
        return True  # no way there, which connecting will find out too


@cache
def public_tls() -> ssl.SSLContext:
    """Certificates as browsers accept them. Made once: reading them takes 35 ms, in a thread."""
    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True, slots=True)
class Network:
    """The web as a fetch sees it. Tests put in a resolver, one open port and a certificate of
    their own; nothing else ever passes one."""

    resolve: Callable[[str, int], Awaitable[list[str]]] = resolve
    permits: Callable[[Address, int], bool] = is_elsewhere
    tls: Callable[[], ssl.SSLContext] = public_tls

    async def locate(self, url: URL) -> tuple[Address, ...]:
        """The addresses of a link's host from one look-up, every one of them permitted.

        One that is not makes the whole name NotPublic: a name that is half private is a mistake or
        an attempt to get past this check. Raises NameUnknown when there is none.
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
