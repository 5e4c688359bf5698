"""Fetch a link: parse, resolve, check, connect to the checked address, repeat for each redirect."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass

from yarl import URL

from .connection import connected
from .errors import BadRedirect, NameUnknown, NotSecure, TimedOut, Unreachable
from .http_get import Body, HttpGet, Redirect
from .links import follow, parse
from .network import Network

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 10.0
MAX_REDIRECTS = 10  # browsers follow 20; every one is checked, within the same time limit
LOOKUP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """Hold fetched content, all of which comes from a stranger.

    `content_type` is declared by the site, in ASCII, "" if it is missing. `final_url` is the
    address after redirects.
    """

    content: bytes
    content_type: str
    final_url: str


@dataclass(frozen=True, slots=True)
class Limits:
    """Hold the limits of one fetch; `deadline` is in the loop's time."""

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
    """GET an http or https link from the public web. Raises FetchError and nothing else.

    `seconds` limits everything together, including name look-ups and up to MAX_REDIRECTS redirects;
    `max_bytes` limits the content. A site may ignore `accept`. Sends no cookies, credentials or
    referrer, uses no proxy, and accepts no compressed answers, which could expand without limit.
    Up to `max_bytes` are in memory, so the caller limits how many fetches run at once.
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
        raise NameUnknown from error  # not TimedOut, because no address was checked
    try:
        async with (
            asyncio.timeout_at(limits.deadline),
            connected(url, addresses, await asyncio.to_thread(network.tls)) as streams,
        ):
            return await HttpGet(*streams).get(url, accept=accept, max_bytes=limits.max_bytes)
    except TimeoutError as error:
        raise TimedOut from error
    except ssl.SSLError as error:
        raise NotSecure from error
    except OSError as error:
        raise Unreachable from error
