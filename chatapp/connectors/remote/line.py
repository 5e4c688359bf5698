"""HTTP to one server as the SDK is given it: with a limit on everything, and never raising.

The SDK reads answers whole, and an error of one request ends all that share its session. So here
whatever goes wrong becomes an empty answer, and `Heard` keeps what it was.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextvars import ContextVar

import httpx2

from chatapp.connectors.remote.trouble import MAX_BYTES, Fault, Heard
from chatapp.server.valid_text import SourceStream

CONNECT_SECONDS = 10
READ_SECONDS = 65  # between two pieces: a call as a whole may take 60
CLOSE_SECONDS = 2  # for telling the server that a session is over
MAX_CONNECTIONS = 20  # of one session
MAX_RESUMPTIONS = 20  # of one session's streams that the server closed before the answer

# That of the call which makes a request: the SDK hands on the context of whoever asked.
hearing: ContextVar[Heard] = ContextVar("hearing")


class Line(httpx2.AsyncBaseTransport):
    """Sends the token to the server's own origin, and nothing at all to any other."""

    def __init__(self, url: str, token: str, tls: ssl.SSLContext) -> None:
        self._origin = _origin(httpx2.URL(url))
        self._token = token
        limits = httpx2.Limits(max_connections=MAX_CONNECTIONS)
        # A transport of one's own takes no proxy from the environment: the servers may be in the
        # house, and a proxy would see their tokens.
        self._http = httpx2.AsyncHTTPTransport(verify=tls, limits=limits)
        self._resumptions = 0

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        heard = hearing.get()
        if not self._may_go(request, heard):
            return httpx2.Response(405)
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        request.headers["Accept-Encoding"] = "identity"
        try:
            response = await self._send(request)
        except (httpx2.TransportError, TimeoutError) as error:
            heard.fault = _fault(error)
            return httpx2.Response(503)
        _note(response, request, heard)
        if response.headers.get("Content-Encoding", "identity") != "identity":
            await response.aclose()
            heard.fault = Fault.COMPRESSED
            return httpx2.Response(503)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Capped(response.stream, heard)
        return response

    async def aclose(self) -> None:
        await self._http.aclose()

    def _may_go(self, request: httpx2.Request, heard: Heard) -> bool:
        if _origin(request.url) != self._origin:
            heard.fault = Fault.REMOTE
        elif request.method == "GET":
            # Only for the rest of an answer. What the server has to say unasked is not heard.
            if "Last-Event-ID" not in request.headers:
                return False
            self._resumptions += 1
            if self._resumptions > MAX_RESUMPTIONS:
                return False
        return heard.fault in (None, Fault.CUT)

    async def _send(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "DELETE":
            return await self._http.handle_async_request(request)
        async with asyncio.timeout(CLOSE_SECONDS):
            return await self._http.handle_async_request(request)


class _Capped(httpx2.AsyncByteStream):
    """An answer that ends early where it breaks off or grows too large.

    The SDK's parser refuses a whole answer for half a surrogate pair or a wrong byte in it, so it
    gets valid text.
    """

    def __init__(self, stream: httpx2.AsyncByteStream, heard: Heard) -> None:
        self._stream = stream
        self._heard = heard

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, source = 0, SourceStream()
        try:
            async for piece in self._stream:
                size += len(piece)
                if size > MAX_BYTES:
                    self._heard.fault = Fault.LARGE
                    return
                if valid := source.feed(piece):
                    yield valid
            if rest := source.flush():
                yield rest
        except httpx2.TransportError as error:
            self._heard.fault = Fault.CUT if _fault(error) != Fault.SLOW else Fault.SLOW

    async def aclose(self) -> None:
        await self._stream.aclose()


def client(line: Line) -> httpx2.AsyncClient:
    """With cookies of its own, so that no two sessions share any."""
    timeout = httpx2.Timeout(CONNECT_SECONDS, read=READ_SECONDS, pool=None)
    return httpx2.AsyncClient(transport=line, timeout=timeout)


def _origin(url: httpx2.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _note(response: httpx2.Response, request: httpx2.Request, heard: Heard) -> None:
    heard.fault = None
    heard.status = response.status_code
    heard.kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    location = response.headers.get("Location", "") if response.has_redirect_location else ""
    heard.location = location.partition("?")[0]  # the rest may be somebody's secret
    heard.names_session = "Mcp-Session-Id" in request.headers


def _fault(error: Exception) -> Fault:
    if isinstance(error, TimeoutError | httpx2.ReadTimeout | httpx2.WriteTimeout):
        return Fault.SLOW
    if not isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return Fault.CUT
    reason: BaseException | None = error
    while reason:
        if isinstance(reason, ssl.SSLCertVerificationError):
            return Fault.UNTRUSTED
        reason = reason.__cause__ or reason.__context__
    return Fault.UNREACHABLE
