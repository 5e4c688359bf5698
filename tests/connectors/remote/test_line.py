"""The line to a server: where the token goes, which redirects are followed, what is resumed."""

from typing import Any

import pytest

from chatapp.connectors import checking
from chatapp.connectors.remote.line import Line, client, hearing
from chatapp.connectors.remote.trouble import MAX_BYTES, Fault, Heard
from chatapp.fetching.network import public_tls
from tests.connectors.remote.conftest import Added, Use
from tests.fetching.site import redirect
from tests.servers.mcp_site import EVENTS, TEXT, Asked, McpSite, in_json, pouring

TOKEN = "sesame-open-1234"


async def test_the_token_goes_to_the_server_alone(added: Added, use: Use) -> None:
    async with McpSite() as other, McpSite() as site:
        await added(site.url, token=TOKEN)
        for status in (
            "301 Moved",
            "302 Found",
            "307 Temporary Redirect",
            "308 Permanent Redirect",
        ):
            site.answers["tools/call"] = redirect(other.url, status)
            await use()

    assert {asked.headers.get("authorization") for asked in site.asked} == {f"Bearer {TOKEN}"}
    assert other.asked == []


async def test_nothing_goes_to_another_place_whoever_asks(added: Added) -> None:
    """The SDK follows no redirect elsewhere; should it ever, the line does not."""
    async with McpSite() as other, McpSite() as site:
        heard = Heard()
        hearing.set(heard)
        async with client(Line(site.url, TOKEN, public_tls())) as http:
            answer = await http.post(other.url, json={"method": "tools/call"})

    assert (answer.status_code, heard.fault) == (405, Fault.REMOTE)
    assert other.asked == []


async def test_a_redirect_in_the_same_place_is_followed(added: Added, use: Use) -> None:
    def moved(asked: Asked) -> bytes:
        return (
            redirect("/mcp/", "307 Temporary Redirect")
            if not answered(asked)
            else in_json(asked, result=TEXT)
        )

    def answered(asked: Asked) -> bool:
        return sum(one.method == "tools/call" for one in site.asked) > 1

    async with McpSite(call=moved) as site:
        await added(site.url, token=TOKEN)

        outcome = await use()

    assert not outcome.is_error, outcome.error
    assert {asked.headers.get("authorization") for asked in site.asked} == {f"Bearer {TOKEN}"}


async def test_proxies_and_passwords_of_the_environment_are_not_used(
    added: Added, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with McpSite() as proxy, McpSite() as site:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

        server = await added(site.url)

    assert server.problem == ""
    assert proxy.asked == []


async def test_a_stream_that_was_closed_is_resumed(added: Added, use: Use) -> None:
    begun = EVENTS + b"id: 7\nretry: 10\ndata: \n\n"

    async def begin(asked: Asked) -> None:
        asked.writer.write(begun)
        asked.writer.close()

    def rest(asked: Asked) -> bytes:
        call = next(one for one in site.asked if one.method == "tools/call")
        return EVENTS + b"data: " + in_json(call, result=TEXT).partition(b"\r\n\r\n")[2] + b"\n\n"

    async with McpSite(call=begin, GET=rest) as site:
        await added(site.url)

        outcome = await use()

    assert not outcome.is_error, outcome.error
    assert site.asked[-1].headers["last-event-id"] == "7"


async def test_a_stream_that_is_closed_for_ever_has_an_end(added: Added, use: Use) -> None:
    async def begin(asked: Asked) -> None:
        asked.writer.write(EVENTS + b"id: 7\nretry: 1\ndata: \n\n")
        asked.writer.close()

    async with McpSite(call=begin, GET=begin) as site:
        await added(site.url)

        outcome = await use()

    assert "broke off" in outcome.error
    assert site.methods().count("GET") == 20


async def test_a_stream_that_was_too_large_is_not_resumed(added: Added, use: Use) -> None:
    events = pouring(EVENTS, 2 * MAX_BYTES, b"id: 7\nretry: 1\ndata: \n\ndata: ")
    async with McpSite(call=events) as site:
        await added(site.url)

        outcome = await use()

    assert "larger than 8 MB" in outcome.error
    assert "GET" not in site.methods()


async def test_a_token_that_can_not_be_sent(added: Added) -> None:
    async with McpSite() as site:
        server = await added(site.url, token="sösame\r\nX: y")

    assert server.problem == "The token has characters that can't be sent."
    assert site.asked == []


async def test_a_token_of_another_key(added: Added, settings: Any) -> None:
    async with McpSite() as site:
        server = await added(site.url, token=TOKEN, asks=False)
        settings.SECRET_KEY = "another one"
        await checking.check(server)

    assert "Enter it anew" in server.problem
    assert site.asked == []
