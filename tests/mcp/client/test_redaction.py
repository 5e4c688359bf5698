"""A server that quotes the key it got never shows it to a model or a person."""

import json
from typing import Any

import pytest

from chatapp.mcp.client.redaction import HIDDEN, hide
from tests.fetching.site import redirect
from tests.mcp.client.conftest import Added, rows
from tests.servers.mcp_site import McpSite, listing, tool

SECRET = "abcdef123456"


@pytest.mark.parametrize("token", [SECRET, f"Basic {SECRET}", f"Token {SECRET}"])
def test_the_secret_of_a_token_is_hidden_with_and_without_its_scheme(token: str) -> None:
    answer = {"error": f"invalid key {SECRET}", "sent": [token]}

    hidden = hide(answer, token)

    assert hidden["error"] == f"invalid key {HIDDEN}"
    assert SECRET not in hidden["sent"][0]


async def test_a_list_of_tools_shows_no_token(added: Added) -> None:
    schema = {
        "type": "object",
        "properties": {"key": {"type": "string", "default": SECRET, "description": SECRET}},
    }
    listed = tool(
        "look", title=f"Look as {SECRET}", description=f"Uses {SECRET}.", inputSchema=schema
    )
    annotated = tool("act", annotations={"title": SECRET})
    async with McpSite(list=listing(listed, annotated, tool(f"of_{SECRET}"))) as site:
        await added(site.url, token=SECRET)

    saved = await rows()
    look = saved["look"]
    assert (look.title, look.description, look.access) == (
        f"Look as {HIDDEN}",
        f"Uses {HIDDEN}.",
        "ask",
    )
    assert look.parameters["properties"]["key"]["default"] == HIDDEN
    assert saved["act"].title == HIDDEN
    # The server knows no tool of the name that is left, so it isn't offered.
    named = saved[f"of_{HIDDEN}"]
    assert (named.access, named.parameters) == ("off", {})
    assert "its name has this server's token in it" in named.description
    assert SECRET not in json.dumps([[*vars(row).values()] for row in saved.values()], default=str)


async def test_the_target_of_a_redirect_shows_no_token(added: Added) -> None:
    moved = redirect(f"https://elsewhere.example/{SECRET}/mcp")
    answers: Any = {"server/discover": moved, "begin": moved}
    async with McpSite(**answers) as site:
        server = await added(site.url, token=SECRET)

    assert f"redirects to https://elsewhere.example/{HIDDEN}/mcp." in server.problem
