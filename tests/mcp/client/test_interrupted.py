"""Unknown sessions and interrupted calls: a call that may have acted is not repeated."""

import asyncio
from typing import Any

import pytest

from chatapp.mcp.client import sessions
from chatapp.mcp.client.sessions import close
from tests.fetching.site import reply
from tests.mcp.client.conftest import Added, Use, all_closed, calls, problem
from tests.servers.mcp_site import (
    Asked,
    McpSite,
    die,
    for_ever,
    giving,
    in_json,
    listing,
    tool,
)

READS = listing(tool("look", annotations={"readOnlyHint": True}))
TEXT = {"content": [{"type": "text", "text": "It rains."}]}


def once(first: Any, then: Any = None) -> Any:
    """Answer the first call with `first`, and all later ones with `then`."""
    answers = [first]

    def answer(asked: Asked) -> Any:
        said = answers.pop() if answers else then or giving(TEXT)
        return said if isinstance(said, bytes) else said(asked)

    return answer


async def test_a_call_in_an_unknown_session_is_made_once_in_a_new_one(
    added: Added, use: Use
) -> None:
    async with McpSite() as site:
        server = await added(site.url)
        await use()
        site.sessions.clear()

        outcome = await use()

    assert not outcome.is_error, outcome.error
    first, refused, again = calls(site)
    assert first == refused != again
    assert await problem(server) == ""


async def test_calls_refused_at_once_are_all_made_again(added: Added, use: Use) -> None:
    all_here = asyncio.Event()

    async def refuse_four(asked: Asked) -> bytes:
        old = calls(site)[0]
        if asked.headers["mcp-session-id"] != old:
            return in_json(asked, result=TEXT)
        if calls(site).count(old) == 1 + 4:
            all_here.set()
        await all_here.wait()
        return reply("404 Not Found")

    async with McpSite() as site:
        await added(site.url)
        await use()
        site.answers["tools/call"] = refuse_four

        outcomes = await asyncio.gather(*(use() for _ in range(4)))

    assert [outcome.error for outcome in outcomes] == [""] * 4
    assert len(calls(site)) == 1 + 4 + 4
    assert len(set(calls(site))) == 2


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found"])
async def test_a_session_that_stays_unknown_is_explained(
    added: Added, use: Use, status: str
) -> None:
    async with McpSite(call=reply(status)) as site:
        await added(site.url)

        outcome = await use()

    assert outcome.error == (
        "Site: The server no longer knows the session of this reply. Try again."
    )
    assert len(calls(site)) == 2


@pytest.mark.parametrize(("tools", "count"), [(listing(tool("look")), 2), (READS, 3)])
async def test_only_an_interrupted_read_only_call_is_repeated(
    added: Added, use: Use, tools: Any, count: int
) -> None:
    async with McpSite(list=tools) as site:
        server = await added(site.url)
        await use()
        site.answers["tools/call"] = once(die)

        outcome = await use()

    assert len(calls(site)) == count
    assert outcome.is_error == (count == 2)
    assert ("interrupted" in await problem(server)) == (count == 2)


async def test_an_interrupted_call_keeps_its_session(added: Added, use: Use) -> None:
    """The server may keep something for it, such as a browser."""
    async with McpSite(call=once(die)) as site:
        server = await added(site.url)

        broken = await use()
        whole = await use()

    assert broken.error == "Site: The server's answer was interrupted. Try again."
    assert not whole.is_error
    assert len(set(calls(site))) == 1
    assert await problem(server) == ""


async def test_an_interrupted_call_does_not_affect_others(added: Added, use: Use) -> None:
    slow, release = asyncio.Event(), asyncio.Event()

    async def wait(asked: Asked) -> bytes:
        slow.set()
        await release.wait()
        return in_json(asked, result=TEXT)

    async with McpSite(call=once(wait, die)) as site:
        await added(site.url)
        waiting = asyncio.create_task(use())
        await slow.wait()

        broken = await use(other=True)
        release.set()
        whole = await waiting

    assert broken.is_error
    assert not whole.is_error, whole.error


async def test_a_cancelled_call_leaves_the_session_usable(added: Added, use: Use) -> None:
    async with McpSite(call=once(for_ever)) as site:
        await added(site.url)
        calling = asyncio.create_task(use())
        await site.called.wait()

        calling.cancel()
        await asyncio.wait({calling})
        outcome = await use()

    assert calling.cancelled()
    assert not outcome.is_error, outcome.error
    assert len(set(calls(site))) == 1
    assert "notifications/cancelled" in site.methods()


async def test_a_call_that_takes_too_long_is_explained(
    added: Added, use: Use, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with McpSite(call=for_ever) as site:
        server = await added(site.url)
        monkeypatch.setattr(sessions, "CALL_SECONDS", 0.2)

        outcome = await use()
        close("reply")
        await all_closed()

    assert outcome.error == "Site: The server took too long to answer. Try again."
    assert await problem(server) == "The server took too long to answer. Try again."


async def test_the_next_call_opens_a_session_that_failed_to_open(added: Added, use: Use) -> None:
    async with McpSite() as site:
        server = await added(site.url)
        begin, site.answers["initialize"] = site.answers["initialize"], reply("401 Unauthorized")

        refused, recorded = await use(), await problem(server)
        site.answers["initialize"] = begin
        again = await use()

    assert "wants a token or API key" in refused.error
    assert "wants a token or API key" in recorded
    assert not again.is_error, again.error
    assert await problem(server) == ""
