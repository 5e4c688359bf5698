"""A session belongs to one reply and one server, and ends with the work on that reply."""

import asyncio
import json

import pytest

from chatapp import background
from chatapp.mcp.client import sessions, transport
from chatapp.mcp.client.sessions import TASK, close
from tests.mcp.client.conftest import Added, Use, all_closed, calls
from tests.servers.mcp_site import (
    Asked,
    McpSite,
    for_ever,
    in_json,
)


async def test_calls_of_a_reply_share_a_session(added: Added, use: Use) -> None:
    async with McpSite() as site:
        await added(site.url, check=True)

        outcomes = await asyncio.gather(use(), use(), use())
        last = await use()

    assert not any(outcome.is_error for outcome in [*outcomes, last])
    assert json.loads(last.content) == {"source": "Site", "untrusted_content": "It rains."}
    assert len(calls(site)) == 4
    assert len(set(calls(site))) == 1


async def test_two_replies_never_share_a_session(added: Added, use: Use) -> None:
    async with McpSite() as site:
        await added(site.url)

        await asyncio.gather(use(work="reply"), use(work="other"))

    one, other = calls(site)
    assert one != other


async def test_cookies_stay_in_their_session(added: Added, use: Use) -> None:
    def marked(asked: Asked) -> bytes:
        head, _, body = in_json(asked, result={"content": []}).partition(b"\r\n")
        return head + b"\r\nSet-Cookie: who=reply; Path=/\r\n" + body

    async with McpSite(call=marked) as site:
        await added(site.url)
        for work in ("reply", "reply", "other"):
            await use(work=work)

    made = [asked.headers.get("cookie") for asked in site.asked if asked.method == "tools/call"]
    assert made == [None, "who=reply", None]


async def test_closing_ends_the_session_on_the_server(added: Added, use: Use) -> None:
    async with McpSite() as site:
        await added(site.url)
        await use()
        await use(work="other")
        gone, stays = calls(site)

        close("reply")
        await next(iter(background.running(f"{TASK}reply:")))

        left = [asked for asked in site.asked if asked.verb == "DELETE"]
        assert [asked.headers["mcp-session-id"] for asked in left][-1] == gone
        assert len(background.running(TASK)) == 1
        await use(work="other")
        assert calls(site)[-1] == stays
        close("other")
        await all_closed()

    assert sessions._open == {}


async def test_closing_does_not_wait_for_a_server_that_hangs(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with McpSite() as site:
        await added(site.url)
        await use()

        monkeypatch.setattr(transport, "CLOSE_SECONDS", 0.05)
        site.answers["DELETE"] = for_ever

        close("reply")
        await all_closed()

    assert sessions._open == {}


async def test_opening_a_session_has_a_time_limit(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with McpSite() as site:
        await added(site.url)
        monkeypatch.setattr(sessions, "OPEN_SECONDS", 0.2)
        site.answers["initialize"] = for_ever

        outcome = await use()
        await all_closed()

    assert outcome.error == "Site: The server took too long to answer. Try again."


async def test_the_number_of_sessions_is_limited(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 1)
    async with McpSite() as site:
        await added(site.url)

        await use()
        outcome = await use(work="other")

    assert "Too many servers" in outcome.error
    assert len(background.running(TASK)) == 1


async def test_no_stream_is_open_for_unrequested_messages(added: Added, use: Use) -> None:
    async with McpSite() as site:
        await added(site.url)
        await use()
        close("reply")
        await all_closed()

    assert "GET" not in site.methods()
    begun = next(asked for asked in site.asked if asked.method == "initialize")
    assert begun.message["params"]["capabilities"] == {}
