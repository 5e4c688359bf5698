"""Addresses where no MCP server answers: the owner reads why, and never a token."""

import asyncio
import logging
from typing import Any

import pytest

from chatapp.connectors import checking
from tests.connectors.remote.conftest import Added, problem
from tests.fetching.site import redirect, reply
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
    "401": (reply("401 Unauthorized"), "refuses the token, or wants one (HTTP 401)"),
    "403": (reply("403 Forbidden"), "refuses the token, or wants one (HTTP 403)"),
    "404": (reply("404 Not Found"), "no MCP server at this address (HTTP 404)"),
    "405": (reply("405 Method Not Allowed"), "no MCP server at this address (HTTP 405)"),
    "429": (reply("429 Too Many Requests"), "takes no more calls"),
    "500": (reply("500 Oops", b"<b>Traceback</b>"), "is in trouble itself (HTTP 500)"),
    "a redirect": (
        redirect("https://elsewhere.example/mcp?state=1"),
        "https://elsewhere.example/mcp.",
    ),
    "a broken redirect": (redirect("http://[/"), "sends us on to http://[/"),
    "no JSON": (reply("200 OK", b"{", Content_Type="application/json"), "does not speak MCP"),
    "other JSON": (reply("200 OK", b"[1]", Content_Type="application/json"), "does not speak MCP"),
    "no HTTP": (b"220 mail.example.com ESMTP\r\n\r\n", "broke off"),
    "nothing": (die, "broke off"),
    "half of it": (cut, "broke off"),
    "no end of it": (stall, "takes too long"),
    "no beginning": (for_ever, "takes too long"),
    "an old version": (
        giving(
            {
                "protocolVersion": "1999-01-01",
                "capabilities": {},
                "serverInfo": {"name": "a", "version": "1"},
            }
        ),
        "does not speak MCP",
    ),
}


@pytest.mark.parametrize("kind", NO_SERVER)
async def test_what_is_no_server_is_told_in_a_sentence(
    added: Added, kind: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(checking, "SECONDS", 1)
    answer, words = NO_SERVER[kind]
    everything: Any = {"server/discover": answer, "begin": answer}
    async with McpSite(**everything) as site:
        with caplog.at_level(logging.WARNING):
            server = await added(site.url, token=TOKEN)

    assert words in server.problem
    assert await problem(server) == server.problem
    assert TOKEN not in server.problem + caplog.text
    assert server.checked_at


async def test_where_nothing_listens(added: Added) -> None:
    server = await added("http://127.0.0.1:9/mcp")

    assert server.problem == "The server can't be reached. Is the address right, and does it run?"


@pytest.mark.parametrize("url", ["http://127.0.0.1:70000/mcp", "ftp://127.0.0.1/mcp", "http:///"])
async def test_addresses_that_are_none(added: Added, url: str) -> None:
    server = await added(url)

    assert server.problem
    assert "Trace" not in server.problem
