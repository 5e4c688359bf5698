"""HTTP to one server, as the SDK gets it: with a limit on everything, and never raising.

The SDK reads answers whole, and an error of one request ends all that share its session. So
whatever goes wrong becomes an empty answer here, and `LastResponse` keeps what it was.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextvars import ContextVar
from http import HTTPStatus

import httpx2

from chatapp.fetching.http_get import is_compressed
from chatapp.mcp.client.errors import MAX_BYTES, Fault, LastResponse
from chatapp.mcp.client.redaction import hide
from chatapp.mcp.token_header import token_line
from chatapp.server.valid_text import SourceStream

CONNECT_SECONDS = 10
READ_SECONDS = 65  # between two pieces: a whole call may take 60
SSE_SECONDS = 5  # for the first event of a server of the old protocol
MAX_SSE_HEAD = 4 * 1024  # bytes before that event
EVENTS = "text/event-stream"
SSE_ENDPOINT = b"event: endpoint"
CLOSE_SECONDS = 2  # for reporting to the server that a session is over
MAX_CONNECTIONS = 20  # of one session
MAX_RESUMPTIONS = 20  # of one session's streams that the server closed before the answer

# Belongs to the call that makes a request: the SDK passes on the context of its caller.
last_response: ContextVar[LastResponse] = ContextVar("last_response")


class Transport(httpx2.AsyncBaseTransport):
    """Send the token to the server's own origin, and nothing at all to any other."""

    def __init__(self, url: str, token: str, tls: ssl.SSLContext, header: str = "") -> None:
        self._url = httpx2.URL(url)
        self._origin = _origin(self._url)
        self._token = token
        self._token_line = token_line(header, token) if token else None
        limits = httpx2.Limits(max_connections=MAX_CONNECTIONS)
        # A transport of our own takes no proxy from the environment: servers may be in a private
        # network, and a proxy would see their tokens.
        self._http = httpx2.AsyncHTTPTransport(verify=tls, limits=limits)
        self._resumptions = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        last = last_response.get()
        if not self._may_send(request, last):
            return httpx2.Response(405)
        self._add_headers(request)
        try:
            response = await self._send(request)
        except (httpx2.TransportError, TimeoutError) as error:
            last.fault = _fault(error)
            return httpx2.Response(503)
        _record(response, request, last)
        last.had_token = self._token_line is not None
        last.location = hide(last.location, self._token)
        if is_compressed(response.headers.get("Content-Encoding", "")):
            await response.aclose()
            last.fault = Fault.COMPRESSED
            return httpx2.Response(503)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _LimitedStream(response.stream, last)
        return response

    async def aclose(self) -> None:
        await self._http.aclose()

    async def offers_sse(self) -> bool:
        """Return whether the address answers as servers of the protocol of 2024 do: a GET opens a
        stream, whose first event names another address to send messages to."""
        request = httpx2.Request("GET", self._url, headers={"Accept": EVENTS})
        self._add_headers(request)
        try:
            async with asyncio.timeout(SSE_SECONDS):
                response = await self._http.handle_async_request(request)
                try:
                    return await _names_endpoint(response)
                finally:
                    await response.aclose()
        except (httpx2.TransportError, TimeoutError):
            return False

    def _add_headers(self, request: httpx2.Request) -> None:
        if self._token_line:
            name, value = self._token_line
            request.headers[name] = value
        request.headers["Accept-Encoding"] = "identity"

    def _may_send(self, request: httpx2.Request, last: LastResponse) -> bool:
        if _origin(request.url) != self._origin:
            last.fault = Fault.OTHER_ORIGIN
        elif request.method == "GET":
            # Allowed only for the rest of an answer. This chat takes no unrequested messages.
            if "Last-Event-ID" not in request.headers:
                return False
            self._resumptions += 1
            if self._resumptions > MAX_RESUMPTIONS:
                return False
        return last.fault in (None, Fault.INTERRUPTED)

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "DELETE":
            return await self._http.handle_async_request(request)
        async with asyncio.timeout(CLOSE_SECONDS):
            return await self._http.handle_async_request(request)


class _LimitedStream(httpx2.AsyncByteStream):
    """An answer that ends early where it is interrupted or grows too large.

    The SDK's parser refuses a whole answer for half a surrogate pair or a wrong byte in it, so it
    gets valid text.
    """

    def __init__(self, stream: httpx2.AsyncByteStream, last: LastResponse) -> None:
        self._stream = stream
        self._last = last

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, source = 0, SourceStream()
        try:
            async for piece in self._stream:
                size += len(piece)
                if size > MAX_BYTES:
                    self._last.fault = Fault.TOO_LARGE
                    return
                if valid := source.feed(piece):
                    yield valid
            if rest := source.flush():
                yield rest
        except httpx2.TransportError as error:
            fault = _fault(error)
            self._last.fault = fault if fault is Fault.TIMEOUT else Fault.INTERRUPTED

    async def aclose(self) -> None:
        await self._stream.aclose()


async def _names_endpoint(response: httpx2.Response) -> bool:
    if response.status_code != HTTPStatus.OK or _media_type(response) != EVENTS:
        return False
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    head = b""
    async for piece in response.stream:
        head += piece
        if SSE_ENDPOINT in head or len(head) > MAX_SSE_HEAD:
            break
    return SSE_ENDPOINT in head


def _media_type(response: httpx2.Response) -> str:
    return str(response.headers.get("Content-Type", "")).partition(";")[0].strip().lower()


def make_client(transport: Transport) -> httpx2.AsyncClient:
    """Make a client with cookies of its own, so that no two sessions share any."""
    timeout = httpx2.Timeout(CONNECT_SECONDS, read=READ_SECONDS, pool=None)
    return httpx2.AsyncClient(transport=transport, timeout=timeout)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _record(response: httpx2.Response, request: httpx2.Request, last: LastResponse) -> None:
    last.fault = None
    last.status = response.status_code
    last.media_type = _media_type(response)
    last.challenge = response.headers.get("WWW-Authenticate", "")
    location = response.headers.get("Location", "") if response.has_redirect_location else ""
    last.location = location.partition("?")[0]  # the query may hold somebody's secret
    last.had_session = "Mcp-Session-Id" in request.headers


def _fault(error: Exception) -> Fault:
    if isinstance(error, TimeoutError | httpx2.ReadTimeout | httpx2.WriteTimeout):
        return Fault.TIMEOUT
    if not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return Fault.INTERRUPTED
    reason: BaseException | None = error
    while reason:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return Fault.UNTRUSTED
        reason = reason.__cause__ or reason.__context__
    return Fault.UNREACHABLE
