"""A session belongs to one reply and one server, and ends with the work on that reply."""

import asyncio
import json

import pytest

from chatapp import background
from chatapp.connectors.remote import line, sessions
from chatapp.connectors.remote.sessions import TASK, close
from tests.connectors.remote.conftest import Added, Use, all_closed, calls
from tests.servers.mcp_site import (
    Asked,
    McpSite,
    for_ever,
    in_json,
)


async def test_calls_of_a_reply_share_a_session(added: Added, use: Use) -> None:
    async with McpSite() as site:
        await added(site.url, asks=True)

        outcomes = await asyncio.gather(use(), use(), use())
        last = await use()

    assert not any(outcome.is_error for outcome in [*outcomes, last])
    assert json.loads(last.content) == {"source": "Site", "untrusted_content": "It rains."}
    assert len(calls(site)) == 4
    assert len(set(calls(site))) == 1


async def test_no_two_replies_share_one(added: Added, use: Use) -> None:
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


async def test_closing_takes_leave_and_leaves_nothing(added: Added, use: Use) -> None:
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


async def test_a_server_that_does_not_let_go_is_left_anyway(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with McpSite() as site:
        await added(site.url)
        await use()

        monkeypatch.setattr(line, "CLOSE_SECONDS", 0.05)
        site.answers["DELETE"] = for_ever

        close("reply")
        await all_closed()

    assert sessions._open == {}


async def test_opening_has_its_time(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with McpSite() as site:
        await added(site.url)
        monkeypatch.setattr(sessions, "OPEN_SECONDS", 0.2)
        site.answers["initialize"] = for_ever

        outcome = await use()
        await all_closed()

    assert outcome.error == "Site: The server takes too long to answer."


async def test_there_is_an_end_to_sessions(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 1)
    async with McpSite() as site:
        await added(site.url)

        await use()
        outcome = await use(work="other")

    assert "Too many servers" in outcome.error
    assert len(background.running(TASK)) == 1


async def test_nothing_is_asked_for_unasked(added: Added, use: Use) -> None:
    """No stream stays open for what a server might have to say."""
    async with McpSite() as site:
        await added(site.url)
        await use()
        close("reply")
        await all_closed()

    assert "GET" not in site.methods()
    begun = next(asked for asked in site.asked if asked.method == "initialize")
    assert begun.message["params"]["capabilities"] == {}
