"""One link: parse, resolve, check, connect to what was checked, and again for each redirect."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

from yarl import URL

from .connection import connected
from .errors import BadRedirect, NameUnknown, NotSecure, TimedOut, Unreachable
from .exchange import Body, Exchange, Redirect
from .links import follow, parse
from .network import Network

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 10.0
MAX_REDIRECTS = 3
LOOKUP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """`content_type` is the site's word in ASCII, "" for none, and `final_url` the address after
    redirects. All three come from a stranger."""

    content: bytes
    content_type: str
    final_url: str


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline` is in the loop's time."""

    max_bytes: int
    deadline: float


async def fetch(
    url: str,
    *,
    max_bytes: int = MAX_BYTES,
    seconds: float = MAX_SECONDS,
    accept: str = "*/*",
    network: Network | None = None,
) -> Fetched:
    """GETs an http or https link from the public web; raises FetchError and nothing else.

    `seconds` holds for everything together, name look-ups and up to MAX_REDIRECTS redirects
    included, `max_bytes` for the content. `accept` is what we ask for, and nobody's promise. Sends
    no cookies, no credentials and no referrer, uses no proxy, and takes no compressed answers,
    which could grow without end. Holds up to `max_bytes` in memory: the caller bounds how many run
    at once.
    """
    network = network or Network()
    limits = Limits(max_bytes, asyncio.get_running_loop().time() + seconds)
    target = parse(url)
    for _ in range(MAX_REDIRECTS + 1):
        answer = await _visit(target, limits, accept, network)
        if isinstance(answer, Body):
            return Fetched(answer.content, answer.content_type, str(target))
        target = follow(target, answer.location)
    raise BadRedirect.too_many()


async def _visit(url: URL, limits: Limits, accept: str, network: Network) -> Body | Redirect:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(min(limits.deadline, loop.time() + LOOKUP_SECONDS)):
            addresses = await network.locate(url)
    except TimeoutError as error:
        raise NameUnknown from error  # not TimedOut: an address that nobody checked
    try:
        async with (
            asyncio.timeout_at(limits.deadline),
            connected(url, addresses, await asyncio.to_thread(network.tls)) as streams,
        ):
            return await Exchange(*streams).get(url, accept=accept, max_bytes=limits.max_bytes)
    except TimeoutError as error:
        raise TimedOut from error
    except ssl.SSLError as error:
        raise NotSecure from error
    except OSError as error:
        raise Unreachable from error
