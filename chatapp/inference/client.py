"""The way to the model: one shared HTTP client, and streams of deltas over it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Literal, cast

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from .errors import (
    InferenceError,
    Interrupted,
    NotConnected,
    ReplyTooLarge,
    ReplyTooSlow,
    TimedOut,
    Unreachable,
    error_from_response,
)
from .payload import encode
from .service import Service
from .stream import CompletionParser
from .types import CompletionRequest, Delta, TextDelta

HttpTransport = Literal["aiohttp", "httpx"]

TIMEOUT = httpx.Timeout(connect=10, read=300, write=30, pool=None)  # seconds
KEEPALIVE_SECONDS = 15.0
MAX_REPLY_SECONDS = 600.0
MAX_REPLY_BYTES = 32 * 1024 * 1024  # on the wire: 64,000 tokens are about 15 MB of events
MAX_ERROR_BYTES = 64 * 1024
DRAIN_SECONDS = 0.5  # what a server gets to end its response after [DONE]


def make_http_client(
    kind: HttpTransport = "aiohttp", timeout: httpx.Timeout = TIMEOUT
) -> httpx.AsyncClient:
    """One client for the whole process, made inside the running loop; `aclose` ends everything.

    Any number of streams run at once: both defaults (100 connections) fail requests long before
    the service's own limit. Proxies from the environment are ignored and redirects not followed,
    so that the key goes to the configured host only.
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


class InferenceClient:
    """Asks one service. Every failure is an `InferenceError`; nothing is retried here."""

    def __init__(
        self,
        service: Service,
        http: httpx.AsyncClient,
        *,
        max_seconds: float = MAX_REPLY_SECONDS,
        max_bytes: int = MAX_REPLY_BYTES,
    ) -> None:
        self.service = service
        self._http = http
        self._max_seconds = max_seconds
        self._max_bytes = max_bytes

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[Delta]:
        """The answer as it arrives, `Finished` last. Leave early through `aclosing` or by
        cancelling: both close the connection, which ends the work at the service too."""
        parser = CompletionParser(self.service.key)
        async with aclosing(self._chunks(request)) as chunks:
            async for chunk in chunks:
                for delta in parser.feed(chunk):
                    yield delta
                if parser.done:
                    await _drain(chunks)
                    break
        for delta in parser.finish():
            yield delta

    async def complete(self, request: CompletionRequest) -> str:
        """The whole text of a short answer. It streams too: the service cuts long silent calls."""
        async with aclosing(self.stream(request)) as deltas:
            return "".join([delta.text async for delta in deltas if isinstance(delta, TextDelta)])

    async def _chunks(self, request: CompletionRequest) -> AsyncGenerator[bytes]:
        """The body of a good answer, within the limits of time and size."""
        deadline = asyncio.get_running_loop().time() + self._max_seconds
        received = 0
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._open(request)
            async with aclosing(response), aclosing(_raw(response)) as chunks:
                while chunk := await self._next(chunks, deadline):
                    received += len(chunk)
                    if received > self._max_bytes:
                        raise ReplyTooLarge
                    yield chunk
        except TimeoutError as error:
            raise ReplyTooSlow from error
        except (httpx.HTTPError, aiohttp.ClientError) as error:
            raise _connection_error(error, answered=received > 0) from error

    async def _next(self, chunks: AsyncIterator[bytes], deadline: float) -> bytes:
        """The next chunk, empty at the end of the stream.

        The clock runs while we wait, never while the caller holds a chunk: a timeout across a
        yield would cancel the caller's own work. Far from the deadline the read timeout ends the
        wait early enough, which saves a timer for every chunk.
        """
        read_timeout = self._http.timeout.read
        remaining = deadline - asyncio.get_running_loop().time()
        if read_timeout is not None and read_timeout < remaining:
            return await anext(chunks, b"")
        async with asyncio.timeout(remaining):
            return await anext(chunks, b"")

    async def _open(self, request: CompletionRequest) -> httpx.Response:
        if self.service.kind == "none":
            raise NotConnected
        # A compressing server would hold tokens back to fill its window.
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        if self.service.key:
            headers["Authorization"] = f"Bearer {self.service.key}"
        response = await self._http.send(
            self._http.build_request(
                "POST",
                f"{self.service.url}/v1/chat/completions",
                content=encode(request),
                headers=headers,
            ),
            stream=True,
            follow_redirects=False,
        )
        if response.status_code == 200 and not _is_document(response):
            return response
        async with aclosing(response):
            body = await _error_body(response)
        raise error_from_response(
            response.status_code, response.headers, body, secret=self.service.key
        )


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read the end of the response, so that the connection can be used again."""
    with suppress(TimeoutError, InferenceError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass


def _is_document(response: httpx.Response) -> bool:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type in ("text/html", "application/json")


async def _error_body(response: httpx.Response) -> bytes:
    """The body as far as it came: a dropped connection must not hide the status."""
    body = b""
    with suppress(httpx.HTTPError, aiohttp.ClientError):
        async with aclosing(_raw(response)) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) >= MAX_ERROR_BYTES:
                    break
    return body[:MAX_ERROR_BYTES]


def _raw(response: httpx.Response) -> AsyncGenerator[bytes]:
    return cast("AsyncGenerator[bytes]", response.aiter_raw())  # httpx declares less than it gives


def _connection_error(error: Exception, *, answered: bool) -> InferenceError:
    # The aiohttp transport reports a refused port and a dropped connection with one class,
    # so what decides is whether a byte of the answer arrived.
    if answered:
        return Interrupted()
    return TimedOut() if isinstance(error, httpx.ReadTimeout) else Unreachable()
