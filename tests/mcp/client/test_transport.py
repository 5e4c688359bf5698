"""HTTP to a server: where the token goes, which redirects are followed, what is resumed."""

from typing import Any

import pytest

from chatapp.fetching.network import public_tls
from chatapp.mcp import health
from chatapp.mcp.client.errors import MAX_BYTES, Fault, LastResponse
from chatapp.mcp.client.transport import Transport, last_response, make_client
from tests.fetching.site import redirect
from tests.mcp.client.conftest import Added, Use
from tests.servers.mcp_site import EVENTS, TEXT, Asked, McpSite, in_json, pouring

TOKEN = "sesame-open-1234"


async def test_only_the_server_gets_the_token(added: Added, use: Use) -> None:
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


@pytest.mark.parametrize(
    ("header", "token", "expected"),
    [
        ("X-API-Key", TOKEN, ("x-api-key", TOKEN)),
        ("", TOKEN, ("authorization", f"Bearer {TOKEN}")),
        ("", f"Token {TOKEN}", ("authorization", f"Token {TOKEN}")),
    ],
)
async def test_the_token_goes_into_the_header_that_the_server_wants(
    added: Added, use: Use, header: str, token: str, expected: tuple[str, str]
) -> None:
    async with McpSite() as site:
        server = await added(site.url, token=token, check=False)
        server.token_header = header
        await server.asave()
        await health.check(server)
        await use()

    name, value = expected
    assert {asked.headers.get(name) for asked in site.asked} == {value}
    assert all(TOKEN not in str(asked.headers) or name in asked.headers for asked in site.asked)
    assert header == "" or not any("authorization" in asked.headers for asked in site.asked)


async def test_a_token_that_a_server_quotes_is_hidden(added: Added, use: Use) -> None:
    def quote(asked: Asked) -> bytes:
        return in_json(asked, error={"code": -32602, "message": f"Wrong key {TOKEN}."})

    def echo(asked: Asked) -> bytes:
        headers = {"text": f"authorization: Bearer {TOKEN}"}
        return in_json(asked, result={"content": [{"type": "text", **headers}]})

    async with McpSite(call=quote) as site:
        await added(site.url, token=TOKEN)
        refused = await use()
        site.answers["tools/call"] = echo
        given = await use()

    assert "Wrong key [token]." in refused.error
    assert "Bearer [token]" in given.content
    assert TOKEN not in refused.error + refused.content + given.content


@pytest.mark.parametrize("coding", ["Identity", "utf-8", "none"])
async def test_a_harmless_coding_is_accepted(added: Added, coding: str) -> None:
    def listed(asked: Asked) -> bytes:
        head, _, rest = in_json(asked, result={"tools": []}).partition(b"\r\n")
        return head + f"\r\nContent-Encoding: {coding}\r\n".encode() + rest

    async with McpSite(list=listed) as site:
        assert (await added(site.url)).problem == ""


async def test_no_request_goes_to_another_origin(added: Added) -> None:
    """The SDK follows no redirect to another origin; if it ever does, the transport won't."""
    async with McpSite() as other, McpSite() as site:
        last = LastResponse()
        last_response.set(last)
        async with make_client(Transport(site.url, TOKEN, public_tls())) as http:
            answer = await http.post(other.url, json={"method": "tools/call"})

    assert (answer.status_code, last.fault) == (405, Fault.OTHER_ORIGIN)
    assert other.asked == []


async def test_a_redirect_within_the_origin_is_followed(added: Added, use: Use) -> None:
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


async def test_a_closed_stream_is_resumed(added: Added, use: Use) -> None:
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


async def test_resuming_a_stream_is_limited(added: Added, use: Use) -> None:
    async def begin(asked: Asked) -> None:
        asked.writer.write(EVENTS + b"id: 7\nretry: 1\ndata: \n\n")
        asked.writer.close()

    async with McpSite(call=begin, GET=begin) as site:
        await added(site.url)

        outcome = await use()

    assert "interrupted" in outcome.error
    assert site.methods().count("GET") == 20


async def test_a_stream_that_was_too_large_is_not_resumed(added: Added, use: Use) -> None:
    events = pouring(EVENTS, 2 * MAX_BYTES, b"id: 7\nretry: 1\ndata: \n\ndata: ")
    async with McpSite(call=events) as site:
        await added(site.url)

        outcome = await use()

    assert "larger than 8 MB" in outcome.error
    assert "GET" not in site.methods()


async def test_a_token_that_can_not_be_sent_is_a_problem(added: Added) -> None:
    async with McpSite() as site:
        server = await added(site.url, token="sösame\r\nX: y")

    assert server.problem == "The token has characters that can't be sent. Enter it again."
    assert site.asked == []


async def test_a_token_of_another_secret_key_is_a_problem(added: Added, settings: Any) -> None:
    async with McpSite() as site:
        server = await added(site.url, token=TOKEN, check=False)
        settings.SECRET_KEY = "another one"
        await health.check(server)

    assert "Enter it again" in server.problem
    assert site.asked == []
