"""Limits of time and size hold, whatever a site does."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable

import pytest

from chatapp.fetching import (
    Encoded,
    NameUnknown,
    TimedOut,
    TooLarge,
    Unreachable,
    connection,
    fetch,
)
from chatapp.fetching.http_get import MAX_SMALL_CHUNKS, READ_BYTES
from chatapp.fetching.network import Network

from .site import Answer, Site, opened, redirect, reply

LIMIT = 1_000  # bytes
SECONDS = 0.3
HEAD = b"HTTP/1.1 200 OK\r\n"
BOMB = gzip.compress(bytes(50 * 1024 * 1024))  # 50 KB that unpack to 50 MB
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def repeats(start: bytes, again: bytes, pause: float = 0) -> Answer:
    """Begin like this and continue like that until the other side leaves."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(again)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def stops_after(start: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        await asyncio.Event().wait()

    return answer


SLOW: dict[str, Callable[[], Answer]] = {
    "says nothing": lambda: stops_after(b""),
    "drips its first line": lambda: repeats(b"HTTP/1.1 200 ", b"O", 0.01),
    "drips headers": lambda: repeats(HEAD + b"X-Slow: ", b"a", 0.01),
    "drips a body": lambda: repeats(HEAD + b"Content-Length: 900\r\n\r\n", b"a", 0.01),
    "drips chunks": lambda: repeats(CHUNKED, b"1\r\na\r\n", 0.01),
    "drips an extension of a chunk": lambda: repeats(CHUNKED + b"1;", b"a", 0.01),
    "stops in the middle": lambda: stops_after(HEAD + b"Content-Length: 900\r\n\r\na"),
}


@pytest.mark.parametrize("manner", SLOW)
async def test_the_time_limit_holds(manner: str) -> None:
    async with Site(SLOW[manner]()) as site:
        begun = time.monotonic()
        with pytest.raises(TimedOut) as refused:
            await fetch(site.url(), seconds=SECONDS, network=opened(site))
        assert time.monotonic() - begun < SECONDS + 2  # not 10 s; a busy machine may be late
        await site.client_left.wait()
    assert refused.value.may_pass_on


async def test_the_time_limit_is_for_all_redirects_together() -> None:
    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(SECONDS * 0.4)
        writer.write(redirect("/"))
        await writer.drain()

    async with Site(late) as site:
        with pytest.raises(TimedOut):
            await fetch(site.url(), seconds=SECONDS, network=opened(site))
    assert len(site.requests) in (2, 3)


async def test_a_name_server_that_never_answers() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    with pytest.raises(NameUnknown) as refused:
        await fetch("http://example.com/", seconds=SECONDS, network=Network(resolve))
    assert not refused.value.may_pass_on  # nobody knows where it leads


LARGE: dict[str, bytes | Answer] = {
    "says so": reply("200 OK", b"", Content_Length=str(LIMIT + 1)),
    "says far more": reply("200 OK", b"", Content_Length=str(10**30)),
    "has no length": HEAD + b"\r\n" + b"a" * (LIMIT + 1),
    "sends chunks": CHUNKED + b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT + 1, b"a" * (LIMIT + 1)),
    "has no end": repeats(HEAD + b"\r\n", b"a" * 100),
    "has no last chunk": repeats(CHUNKED, b"64\r\n" + b"a" * 100 + b"\r\n"),
    "has both lengths": CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 1\r\n\r\n")
    + b"%x\r\n%s\r\n0\r\n\r\n" % (LIMIT + 1, b"a" * (LIMIT + 1)),
}


@pytest.mark.parametrize("manner", LARGE)
async def test_the_size_limit_holds(manner: str) -> None:
    async with Site(LARGE[manner]) as site:
        with pytest.raises((TooLarge, Unreachable)) as refused:
            await fetch(site.url(), max_bytes=LIMIT, network=opened(site))
    assert isinstance(refused.value, TooLarge) or manner in ("says far more", "has both lengths")


async def test_exactly_the_limit_is_accepted() -> None:
    body = b"a" * LIMIT
    for answer in (reply("200 OK", body), HEAD + b"\r\n" + body):
        async with Site(answer) as site:
            fetched = await fetch(site.url(), max_bytes=LIMIT, network=opened(site))
        assert fetched.content == body


@pytest.mark.parametrize(
    "coding", ["gzip", "deflate", "br", "zstd", "GZIP", "aws-chunked,gzip", "x-gzip"]
)
async def test_compressed_answers_are_refused(coding: str) -> None:
    async with Site(reply("200 OK", BOMB, Content_Encoding=coding)) as site:
        with pytest.raises(Encoded):
            await fetch(site.url(), network=opened(site))


@pytest.mark.parametrize(
    "coding",
    ["", "Identity", "none", "utf-8", "UTF-8", "binary", "base64", "aws-chunked", "x", ","],
)
async def test_a_harmless_coding_is_accepted(coding: str) -> None:
    async with Site(reply("200 OK", b"an image", Content_Encoding=coding)) as site:
        assert (await fetch(site.url(), network=opened(site))).content == b"an image"


async def test_nothing_is_unpacked_behind_our_back() -> None:
    for header in ({}, {"Content_Encoding": "identity"}, {"Content_Type": "application/gzip"}):
        async with Site(reply("200 OK", BOMB, **header)) as site:
            assert (await fetch(site.url(), network=opened(site))).content == BOMB


@pytest.mark.parametrize(
    "answer",
    [
        repeats(HEAD + b"X-Long: ", b"a" * 1_000),
        repeats(HEAD, b"X-Many: a\r\n"),
        repeats(b"HTTP/1.1 200 ", b"OK" * 1_000),
        repeats(b"", b"a" * 1_000),
        repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        repeats(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
        repeats(b"", b"\r\n"),
        repeats(CHUNKED + b"1;", b"a" * 1_000),
        repeats(CHUNKED + b"0\r\n", b"X-Trailer: a\r\n"),
    ],
    ids=[
        "one header",
        "many headers",
        "reason",
        "first line",
        "interim answers",
        "hints",
        "empty lines",
        "chunk extension",
        "trailers",
    ],
)
async def test_headers_without_end(answer: Answer) -> None:
    async with Site(answer) as site:
        with pytest.raises(Unreachable):
            await fetch(site.url(), network=opened(site))


async def test_a_body_in_single_bytes_is_refused() -> None:
    """20 MB of it would take eight minutes of our processor."""
    pieces = CHUNKED + b"1\r\na\r\n" * (MAX_SMALL_CHUNKS * 2) + b"0\r\n\r\n"
    async with Site(pieces) as site:
        with pytest.raises(Unreachable):
            await fetch(site.url(), network=opened(site))


async def test_a_body_in_ordinary_chunks_is_taken() -> None:
    pieces = CHUNKED + (b"400\r\n" + b"a" * 1_024 + b"\r\n") * 5_000 + b"0\r\n\r\n"
    async with Site(pieces) as site:
        fetched = await fetch(site.url(), network=opened(site))
    assert len(fetched.content) == 1_024 * 5_000


async def test_a_site_that_does_not_finish_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", SECONDS)
    async with Site(stops_after(b""), greets=True) as site:
        with pytest.raises(TimedOut) as refused:
            await fetch(f"https://images.example.com:{site.port}/", network=opened(site))
        await site.client_left.wait()
    assert refused.value.may_pass_on


async def test_others_run_while_a_fast_site_is_read() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    async with Site(reply("200 OK", bytes(4 * 1024 * 1024))) as site:
        counting = asyncio.create_task(count())
        await fetch(site.url(), network=opened(site))
        counting.cancel()
    assert turns >= 4 * 1024 * 1024 / READ_BYTES


async def test_a_cancelled_fetch_closes_its_connection() -> None:
    async with Site(repeats(HEAD + b"\r\n", b"a", 0.01)) as site:
        fetching = asyncio.create_task(fetch(site.url(), network=opened(site)))
        await site.asked.wait()
        fetching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await fetching
        await site.client_left.wait()
