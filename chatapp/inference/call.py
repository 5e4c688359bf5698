"""Make one HTTP call: its body in chunks, within limits of time and size, or an InferenceError."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import cast

import aiohttp
import httpx

from chatapp.inference.rate_limits import RateLimits

from .error_responses import error_from_response
from .errors import (
    InferenceError,
    Interrupted,
    ReplyTooLarge,
    ReplyTooSlow,
    TimedOut,
    Unreachable,
)
from .whole_answers import as_stream, is_document

MAX_REPLY_SECONDS = 600.0
MAX_REPLY_BYTES = 32 * 1024 * 1024  # on the wire: 64,000 tokens are about 15 MB of events
MAX_ERROR_BYTES = 64 * 1024
DRAIN_SECONDS = 0.5  # in which a server may end its response after [DONE]


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = MAX_REPLY_SECONDS
    bytes: int = MAX_REPLY_BYTES


class Call:
    """Send one request.

    `rate_limits` are those of the answer's headers, None until they arrive; `on_rate_limits` is
    called with them. `secret` never appears in an error.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        request: httpx.Request,
        limits: Limits,
        secret: str,
        on_rate_limits: Callable[[RateLimits], None],
    ) -> None:
        self.rate_limits: RateLimits | None = None
        self._http = http
        self._request = request
        self._limits = limits
        self._secret = secret
        self._on_rate_limits = on_rate_limits

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Yield the body of a good answer. Closing the generator closes the connection.

        A whole answer instead of a stream arrives as the stream that it would have been.
        """
        deadline = asyncio.get_running_loop().time() + self._limits.seconds
        received = 0
        document = bytearray()  # the body, unless it is a stream
        is_stream = False
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._open()
            async with aclosing(response), aclosing(_raw(response)) as chunks:
                while chunk := await self._next(chunks, deadline):
                    received += len(chunk)
                    if received > self._limits.bytes:
                        raise ReplyTooLarge
                    if not is_stream:
                        document += chunk
                        is_stream = is_document(document, _media_type(response)) is False
                        if not is_stream:
                            continue
                        chunk = bytes(document)
                    yield chunk
            if not is_stream and is_document(document, _media_type(response)):
                yield self._whole_answer(response, bytes(document))
        except TimeoutError as error:
            raise ReplyTooSlow from error
        except (httpx.HTTPError, aiohttp.ClientError) as error:
            raise _connection_error(error, answered=received > 0) from error

    def _whole_answer(self, response: httpx.Response, body: bytes) -> bytes:
        """Return a body that is no stream as one, or raise the error that it means."""
        if answer := as_stream(body):
            return answer
        start = body[:MAX_ERROR_BYTES]
        raise error_from_response(200, response.headers, start, secret=self._secret)

    async def _next(self, chunks: AsyncIterator[bytes], deadline: float) -> bytes:
        """Return the next chunk, empty at the end of the stream.

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

    async def _open(self) -> httpx.Response:
        response = await self._http.send(self._request, stream=True, follow_redirects=False)
        self.rate_limits = RateLimits.from_headers(response.headers, time.time())
        if self.rate_limits:
            self._on_rate_limits(self.rate_limits)
        if response.status_code == 200:
            return response
        async with aclosing(response):
            body = await _error_body(response)
        raise error_from_response(response.status_code, response.headers, body, secret=self._secret)


async def drain(chunks: AsyncIterator[bytes]) -> None:
    """Read the end of the response, so that the connection can be used again."""
    with suppress(TimeoutError, InferenceError):
        async with asyncio.timeout(DRAIN_SECONDS):
            async for _ in chunks:
                pass


def _media_type(response: httpx.Response) -> str:
    media_type: str = response.headers.get("content-type", "")
    return media_type.partition(";")[0].strip().lower()


async def _error_body(response: httpx.Response) -> bytes:
    """Return the body as far as it arrived: a dropped connection must not hide the status."""
    body = b""
    with suppress(httpx.HTTPError, aiohttp.ClientError):
        async with aclosing(_raw(response)) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) >= MAX_ERROR_BYTES:
                    break
    return body[:MAX_ERROR_BYTES]


def _raw(response: httpx.Response) -> AsyncGenerator[bytes]:
    """Return the chunks as they arrive."""
    # `aiter_raw` would put a generator of its own around them. httpx declares less than it returns.
    return cast("AsyncGenerator[bytes]", aiter(cast("httpx.AsyncByteStream", response.stream)))


def _connection_error(error: Exception, *, answered: bool) -> InferenceError:
    # The aiohttp transport reports a refused port and a dropped connection with one class,
    # so what decides is whether a byte of the answer arrived.
    if answered:
        return Interrupted()
    return TimedOut() if isinstance(error, httpx.ReadTimeout) else Unreachable()
