"""Make the shared HTTP client."""

from __future__ import annotations

from typing import Literal

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

HttpTransport = Literal["aiohttp", "httpx"]

TIMEOUT = httpx.Timeout(connect=10, read=300, write=30, pool=None)  # seconds
KEEPALIVE_SECONDS = 50.0  # load balancers commonly close what was idle for a minute


def make_http_client(
    kind: HttpTransport = "aiohttp", timeout: httpx.Timeout = TIMEOUT
) -> httpx.AsyncClient:
    """Return a client for the whole process. Call it inside the running loop; `aclose` ends it.

    The number of connections is not limited: with both libraries' default (100) requests fail
    long before the service's own limit. Proxies from the environment are ignored and redirects
    not followed, so that the key goes to the configured host only.
    """
    verify = httpx.create_ssl_context()
    if kind == "aiohttp":
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS, ssl=verify)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        transport: httpx.AsyncBaseTransport = AiohttpTransport(verify=verify, client=session)
    else:
        limits = httpx.Limits(max_connections=None, keepalive_expiry=KEEPALIVE_SECONDS)
        transport = httpx.AsyncHTTPTransport(verify=verify, limits=limits)
    return httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False)
