"""Send one GET and read its answer, with limits on everything that a server may send without end.

Uses h11, because HTTP clients read headers, 1xx answers and chunks without limit. With a server
that sends nothing but "100 Continue", aiohttp on uvloop took 148 MB in 5 s and blocked the loop for
1.4 s; with single bytes as chunks httpx blocked it for 0.7 s.
"""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import dataclass

import h11
from yarl import URL

from .errors import Encoded, SiteRefused, TooLarge, Unreachable

READ_BYTES = 16 * 1024
MAX_HEAD_BYTES = 32 * 1024  # also for a chunk's first line and the trailers after the last chunk
MAX_INTERIM_ANSWERS = 8  # of status 1xx
# Sites also write "none", "utf-8", "binary" or "aws-chunked" for content that isn't compressed.
COMPRESSIONS = {"gzip", "x-gzip", "compress", "x-compress", "deflate", "br", "zstd", "dcb", "dcz"}
# Beyond the first thousand, chunks must have 256 bytes on average, because each takes 25 µs.
MAX_SMALL_CHUNKS = 1_000
MIN_CHUNK_BYTES = 256

OK = 200
TRANSFORMED = 203  # by a proxy on the way
PARTIAL = 206
REDIRECTS = (301, 302, 303, 307, 308)
ESCAPED = re.compile("[\udc80-\udcff]")  # how `surrogateescape` keeps a byte
USER_AGENT = "chatapp/1.0 (opens a link that somebody put into a chat)"


@dataclass(frozen=True, slots=True)
class Redirect:
    """Hold the `location` of a redirect as the site wrote it, "" if it is missing."""

    location: str


@dataclass(frozen=True, slots=True)
class Body:
    content: bytes
    content_type: str


class HttpGet:
    """Send one request over a connection, whose errors are raised as OSError."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)

    async def get(self, url: URL, *, accept: str, max_bytes: int) -> Body | Redirect:
        """Return the answer. Raises SiteRefused for any status that brings no whole content,
        Encoded, TooLarge, and Unreachable when the answer is interrupted or not HTTP."""
        try:
            await self._send(url, accept)
            return await self._receive(max_bytes)
        except h11.ProtocolError as error:
            raise Unreachable from error

    async def _send(self, url: URL, accept: str) -> None:
        headers = {
            "Host": url.host_port_subcomponent or "",
            "User-Agent": USER_AGENT,
            "Accept": accept,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        request = h11.Request(method="GET", target=url.raw_path_qs, headers=list(headers.items()))
        for event in (request, h11.EndOfMessage()):
            self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()

    async def _receive(self, max_bytes: int) -> Body | Redirect:
        head = await self._head()
        if head.status_code in REDIRECTS:
            return Redirect(_location(head))
        if not _is_whole(head):
            raise SiteRefused(head.status_code)
        if is_compressed(_header(head, b"content-encoding")):
            raise Encoded
        if int(_header(head, b"content-length") or 0) > max_bytes:
            raise TooLarge(max_bytes)
        # The type may be stored in a database, which refuses half a surrogate pair.
        content_type = _header(head, b"content-type").encode("ascii", "replace").decode()
        return Body(await self._body(max_bytes), content_type)

    async def _head(self) -> h11.Response:
        for _ in range(MAX_INTERIM_ANSWERS + 1):
            event = await self._next()
            if isinstance(event, h11.Response):
                return event
        raise Unreachable

    async def _body(self, max_bytes: int) -> bytes:
        content, chunks = io.BytesIO(), 0
        while isinstance(event := await self._next(), h11.Data):
            chunks += 1
            if content.tell() + len(event.data) > max_bytes:
                raise TooLarge(max_bytes)
            if chunks > MAX_SMALL_CHUNKS + content.tell() // MIN_CHUNK_BYTES:
                raise Unreachable
            content.write(event.data)
        return content.getvalue()

    async def _next(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """Return the next event; h11 raises an error if the answer is interrupted."""
        while (event := self._http.next_event()) is h11.NEED_DATA:
            await asyncio.sleep(0)  # reading from the buffer alone would never let other tasks run
            self._http.receive_data(await self._reader.read(READ_BYTES))
        return event


def is_compressed(content_encoding: str) -> bool:
    """Return whether a header Content-Encoding names a compression."""
    codings = {coding.strip().lower() for coding in content_encoding.split(",")}
    return not COMPRESSIONS.isdisjoint(codings)


def _is_whole(head: h11.Response) -> bool:
    """Return whether the body is all of the content. Some sites call that a part, unasked."""
    if head.status_code != PARTIAL:
        return head.status_code in (OK, TRANSFORMED)
    span = _header(head, b"content-range").replace(" ", "").lower().removeprefix("bytes")
    last, _, length = span.removeprefix("0-").partition("/")
    return not span or (last.isdecimal() and length.isdecimal() and int(last) + 1 == int(length))


def _location(head: h11.Response) -> str:
    """Return the header, with bytes that aren't UTF-8 percent-encoded, as browsers do."""
    return ESCAPED.sub(lambda byte: f"%{ord(byte[0]) - 0xDC00:02X}", _header(head, b"location"))


def _header(head: h11.Response, name: bytes) -> str:
    values = [value for key, value in head.headers if key == name]
    return b", ".join(values).decode("utf-8", "surrogateescape")
