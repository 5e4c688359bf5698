"""Answers to a call that are too large, broken or missing become a sentence, and the session stays
usable."""

import gzip
import tracemalloc

import pytest

from chatapp.mcp.client.errors import MAX_BYTES
from tests.fetching.site import redirect, reply
from tests.mcp.client.conftest import Added, Use
from tests.servers.mcp_site import (
    EVENTS,
    JSON,
    PIECE,
    TEXT,
    Answer,
    Asked,
    McpSite,
    close,
    cut,
    giving,
    in_json,
    listing,
    pouring,
    tool,
)

MB = 1024 * 1024
# Of the protocol's version 2026-07-28, which knows no sessions.
ABOUT = {"resultType": "complete", "ttlMs": 0, "cacheScope": "public"}
MODERN = giving({"supportedVersions": ["2026-07-28"], "capabilities": {"tools": {}}, **ABOUT})


CALLS: dict[str, tuple[Answer, str]] = {
    "50 MB of JSON": (pouring(JSON % (50 * MB), 50 * MB), "is larger than 8 MB"),
    "50 MB in one event": (pouring(EVENTS, 50 * MB, b"data: "), "is larger than 8 MB"),
    "a bomb": (
        reply(
            "200 OK",
            gzip.compress(b" " * 50 * MB),
            Content_Encoding="gzip",
            Content_Type="application/json",
        ),
        "is compressed",
    ),
    "no JSON": (reply("200 OK", b"{}}", Content_Type="application/json"), "can't be read"),
    "nested": (reply("200 OK", b"[" * 100_000, Content_Type="application/json"), "can't be read"),
    "another shape": (giving({"content": "It rains."}), "can't be read"),
    "no answer": (reply("202 Accepted"), "refused this call"),
    "no event": (close, "interrupted"),
    "half of it": (cut, "interrupted"),
    "a redirect": (redirect("http://127.0.0.1:9/"), "redirects to http://127.0.0.1:9/."),
    "refused": (
        lambda asked: in_json(asked, error={"code": -32602, "message": "Be\x1b[1m brief"}),
        "refused this call: Be[1m brief",
    ),
}


@pytest.mark.parametrize("kind", CALLS)
async def test_a_bad_answer_to_a_call_is_explained(added: Added, use: Use, kind: str) -> None:
    answer, words = CALLS[kind]
    async with McpSite(call=answer) as site:
        await added(site.url)
        tracemalloc.start()
        try:
            outcome = await use()
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        site.answers["tools/call"] = giving(TEXT)
        again = await use()

    assert words in outcome.error
    assert peak < 5 * MAX_BYTES
    assert not again.is_error, again.error


async def test_many_events_are_limited_together(added: Added, use: Use) -> None:
    note = (
        b'data: {"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":"'
    )
    event = note + PIECE + b'"}}\n\n'

    async def pour(asked: Asked) -> None:
        asked.writer.write(EVENTS)
        for _ in range(50 * MB // len(event)):
            asked.writer.write(event)
            await asked.writer.drain()

    async with McpSite(call=pour) as site:
        await added(site.url)

        outcome = await use()

    assert "is larger than 8 MB" in outcome.error


async def test_a_server_that_asks_for_input_is_refused(added: Added, use: Use) -> None:
    back = giving({"resultType": "input_required", "inputRequests": {}, "requestState": "x"})
    answers = {"server/discover": MODERN, "list": listing(tool("look"), **ABOUT), "call": back}
    async with McpSite(**answers) as site:
        await added(site.url)

        outcome = await use()

    assert "initialize" not in site.methods()
    assert "asks for more input" in outcome.error
