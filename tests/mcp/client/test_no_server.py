"""Addresses without an MCP server: the owner reads the reason, and never a token."""

import asyncio
import logging
from typing import Any

import pytest

from chatapp.mcp import health
from tests.fetching.site import redirect, reply
from tests.mcp.client.conftest import Added, problem
from tests.servers.mcp_site import (
    JSON,
    Asked,
    McpSite,
    cut,
    die,
    for_ever,
    giving,
)

TOKEN = "sesame-open-1234"


async def stall(asked: Asked) -> None:
    """In the middle of the answer."""
    asked.writer.write(JSON % 5_000 + b'{"jsonrpc"')
    await asyncio.Event().wait()


def page(asked: Asked) -> bytes:
    return reply("200 OK", b"<html><b>Hello</b></html>", Content_Type="text/html; charset=utf-8")


NO_SERVER = {
    "a web page": (page, "it answers with a web page"),
    "401": (reply("401 Unauthorized"), "doesn't accept the token (HTTP 401)"),
    "403": (reply("403 Forbidden"), "doesn't accept the token (HTTP 403)"),
    "OAuth": (
        reply("401 Unauthorized", WWW_Authenticate='Bearer resource_metadata="https://a.example"'),
        "signs people in with OAuth",
    ),
    "404": (reply("404 Not Found"), "no MCP server at this address (HTTP 404)"),
    "405": (reply("405 Method Not Allowed"), "no MCP server at this address (HTTP 405)"),
    "429": (reply("429 Too Many Requests"), "accepts no more calls"),
    "500": (reply("500 Oops", b"<b>Traceback</b>"), "an error of its own (HTTP 500)"),
    "a redirect": (
        redirect("https://elsewhere.example/mcp?state=1"),
        "https://elsewhere.example/mcp.",
    ),
    "a broken redirect": (redirect("http://[/"), "redirects to http://[/"),
    "no JSON": (reply("200 OK", b"{", Content_Type="application/json"), "in a version of MCP"),
    "other JSON": (reply("200 OK", b"[1]", Content_Type="application/json"), "in a version of MCP"),
    "no HTTP": (b"220 mail.example.com ESMTP\r\n\r\n", "interrupted"),
    "nothing": (die, "interrupted"),
    "half of it": (cut, "interrupted"),
    "no end of it": (stall, "took too long"),
    "no beginning": (for_ever, "took too long"),
    "an old version": (
        giving(
            {
                "protocolVersion": "1999-01-01",
                "capabilities": {},
                "serverInfo": {"name": "a", "version": "1"},
            }
        ),
        "in a version of MCP",
    ),
}


@pytest.mark.parametrize("kind", NO_SERVER)
async def test_a_missing_server_is_explained(
    added: Added, kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 1)
    answer, words = NO_SERVER[kind]
    everything: Any = {"server/discover": answer, "begin": answer}
    async with McpSite(**everything) as site:
        with caplog.at_level(logging.WARNING):
            server = await added(site.url, token=TOKEN)

    assert words in server.problem
    assert await problem(server) == server.problem
    assert TOKEN not in server.problem + caplog.text
    assert server.checked_at


OLD_SSE = reply(
    "200 OK", b"event: endpoint\r\ndata: /messages\r\n\r\n", Content_Type="text/event-stream"
)
OTHER_EVENTS = reply("200 OK", b"event: hello\n\n", Content_Type="text/event-stream")


@pytest.mark.parametrize("status", ["404 Not Found", "405 Method Not Allowed", "400 Bad Request"])
async def test_a_server_of_the_old_protocol_is_named(added: Added, status: str) -> None:
    answers: Any = {"server/discover": reply(status), "begin": reply(status), "GET": OLD_SSE}
    async with McpSite(**answers) as site:
        server = await added(site.url, token=TOKEN)

    assert "only speaks the old SSE transport" in server.problem
    assert site.asked[-1].headers["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("answer", [OTHER_EVENTS, page, die, reply("200 OK")])
async def test_another_address_is_not_taken_for_the_old_protocol(added: Added, answer: Any) -> None:
    missing = reply("404 Not Found")
    answers: Any = {"server/discover": missing, "begin": missing, "GET": answer}
    async with McpSite(**answers) as site:
        server = await added(site.url)

    assert "no MCP server at this address (HTTP 404)" in server.problem


@pytest.mark.parametrize(
    ("challenge", "words"),
    [
        ('Bearer resource_metadata="https://a.example/.well-known"', "sign in with OAuth"),
        ('Bearer realm="OAuth", error="invalid_token"', "sign in with OAuth"),
        ("Bearer", "wants a token or API key (HTTP 401)"),
        ("", "wants a token or API key (HTTP 401)"),
    ],
)
async def test_a_server_without_its_token_says_what_it_wants(
    added: Added, challenge: str, words: str
) -> None:
    answer = reply("401 Unauthorized", WWW_Authenticate=challenge)
    everything: Any = {"server/discover": answer, "begin": answer}
    async with McpSite(**everything) as site:
        server = await added(site.url)

    assert words in server.problem


async def test_an_address_where_nothing_listens_is_explained(added: Added) -> None:
    server = await added("http://127.0.0.1:9/mcp")

    assert server.problem == (
        "The server can't be reached. Check its address and that it is running."
    )


@pytest.mark.parametrize("url", ["http://127.0.0.1:70000/mcp", "ftp://127.0.0.1/mcp", "http:///"])
async def test_an_invalid_address_is_a_problem(added: Added, url: str) -> None:
    server = await added(url)

    assert server.problem
    assert "Trace" not in server.problem
