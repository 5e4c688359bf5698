"""Tools of MCP servers in a reply: a session lasts exactly as long as an attempt runs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatapp import background
from chatapp.conversations.models import Exchange, Message, ToolCall, decide
from chatapp.inference import Finished, TextDelta, ToolCallDelta
from chatapp.mcp.client.sessions import TASK
from chatapp.mcp.health import check
from chatapp.mcp.models import Server, ToolSetting
from chatapp.replies import generation
from chatapp.replies.tools.toolbox import Toolbox
from tests.servers.mcp_site import McpSite, for_ever
from tests.support.replies import answering, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

LOOK = [ToolCallDelta("call1", "site__look", "{}"), Finished("tool_calls")]
ANSWER = [TextDelta("It is done."), Finished("stop")]


@pytest.fixture
async def site(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[McpSite]:
    """Serve one tool that needs no approval."""
    monkeypatch.setattr(generation, "_is_closing", False)
    async with McpSite() as site:
        await check(await Server.objects.acreate(name="Site", url=site.url))
        await ToolSetting.objects.aupdate(access="allow")
        site.asked.clear()
        yield site
        await background.drain(5)


def script(*turns: list[Any]) -> Any:
    rest = list(turns)
    return lambda request: rest.pop(0) if request.tools else []


async def nothing_is_left(site: McpSite) -> bool:
    """Return whether the last request closed the session."""
    while tasks := background.running(TASK):
        await next(iter(tasks))
    return site.methods()[-1] == "DELETE"


async def test_the_rounds_of_a_reply_share_one_session(running: Exchange, site: McpSite) -> None:
    with answering(script(LOOK, [*LOOK], ANSWER)):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "complete"
    results = [tool_call.content async for tool_call in ToolCall.objects.all()]
    assert results == ['{"source":"Site","untrusted_content":"It rains."}'] * 2
    assert site.methods().count("initialize") == 1
    assert await nothing_is_left(site)


async def test_stop_ends_the_session(running: Exchange, site: McpSite) -> None:
    site.answers["tools/call"] = for_ever
    with answering(script(LOOK)):
        generation.start(running.reply)
        await site.called.wait()
        generation.stop_here(running.reply.pk)
        await asyncio.wait(background.running("reply:"))

    assert (await outcome(running)).status == "stopped"
    assert await nothing_is_left(site)


async def test_no_session_is_open_while_a_reply_waits_for_approval(
    running: Exchange, site: McpSite
) -> None:
    both = [ToolCallDelta("call1", "site__look", "{}"), ToolCallDelta("call2", "site__act", "{}")]
    looking = await ToolSetting.objects.aget()
    acting = {"access": "ask", "remote_name": "act", "parameters": {"type": "object"}}
    await ToolSetting.objects.acreate(name="site__act", server_id=looking.server_id, **acting)
    with answering(script([*both, Finished("tool_calls")])):
        await generation.generate(running.reply)

    assert (await outcome(running)).status == "waiting"
    assert await nothing_is_left(site)

    tool_call = await ToolCall.objects.aget(name="site__act")
    assert tool_call.shown_line == "Using act of Site"
    await background.in_thread(decide, await outcome(running), tool_call.pk, "allow")
    with answering(script(ANSWER)):
        await generation.generate(await outcome(running), Message.begin)

    assert (await outcome(running)).status == "complete"
    assert site.methods().count("initialize") == 2
    assert await nothing_is_left(site)


async def test_each_attempt_has_sessions_of_its_own(running: Exchange, site: McpSite) -> None:
    """An overtaken attempt closes its own sessions late, and never those of the next attempt."""
    reply = await outcome(running)
    first = await background.in_thread(Toolbox.of, reply)
    reply.attempt += 1
    second = await background.in_thread(Toolbox.of, reply)

    assert str(reply.pk) in first.context.work
    assert first.context.work != second.context.work
