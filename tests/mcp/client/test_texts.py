"""Whatever text a server sends, its answers are read and only valid text is stored."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from chatapp.mcp.models import ToolSetting
from chatapp.server.valid_text import make_valid_json
from tests.fetching.site import reply
from tests.mcp.client.conftest import Added, Use
from tests.servers.mcp_site import EVENTS, Asked, McpSite, giving, in_json, listing, tool
from tests.texts import LONG_TEXTS, TEXTS, is_valid

type Answering = Callable[[Asked], bytes]

each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)


def in_events(result: Any) -> Answering:
    """Send the result as an event, after an empty one."""

    def answer(asked: Asked) -> bytes:
        message = {"jsonrpc": "2.0", "id": asked.message.get("id"), "result": result}
        return EVENTS + b": hold on\r\n\r\nevent: message\r\ndata: %s\r\n\r\n" % (
            json.dumps(message).encode()
        )

    return answer


@each_text
@pytest.mark.parametrize("form", [giving, in_events])
async def test_a_result_is_made_valid(added: Added, use: Use, text: str, form: Any) -> None:
    result = {
        "content": [
            {"type": "text", "text": f"<{text}>"},
            {"type": "resource", "resource": {"uri": f"note:{text}", "text": text}},
        ],
        "structuredContent": {f"k{text}": [text]},
    }
    async with McpSite(call=form(result)) as site:
        await added(site.url)
        outcome = await use()

    assert not outcome.is_error, outcome.error
    content = json.loads(outcome.content)["untrusted_content"]
    assert is_valid(content)
    assert content["text"] == make_valid_json(f"<{text}>")
    assert content["data"] == make_valid_json({f"k{text}": [text]})


async def test_structured_content_repeated_as_text_is_dropped(added: Added, use: Use) -> None:
    data = {"a": "\ud83d"}
    said = {"content": [{"type": "text", "text": json.dumps(data)}], "structuredContent": data}
    async with McpSite(call=giving(said)) as site:
        await added(site.url)
        outcome = await use()

    assert json.loads(outcome.content)["untrusted_content"] == {"data": {"a": "\ufffd"}}


@pytest.mark.parametrize("name", LONG_TEXTS)
async def test_a_megabyte_is_read(added: Added, use: Use, name: str) -> None:
    result = {"content": [{"type": "text", "text": LONG_TEXTS[name]}]}
    async with McpSite(call=giving(result)) as site:
        await added(site.url)
        outcome = await use()

    assert not outcome.is_error, outcome.error
    assert is_valid(json.loads(outcome.content))


async def test_bytes_that_are_not_text_are_replaced(added: Added, use: Use) -> None:
    def answer(asked: Asked) -> bytes:
        body = in_json(asked, result={"content": [{"type": "text", "text": "a--b"}]})
        return reply(
            "200 OK",
            body.partition(b"\r\n\r\n")[2].replace(b"--", b"\xed\xa0\xbd"),
            Content_Type="application/json",
        )

    async with McpSite(call=answer) as site:
        await added(site.url)
        outcome = await use()

    assert not outcome.is_error, outcome.error
    assert json.loads(outcome.content)["untrusted_content"].startswith("a\ufffd")


@each_text
async def test_an_error_is_made_valid(added: Added, use: Use, text: str) -> None:
    async with McpSite(
        call=lambda asked: in_json(asked, error={"code": -32602, "message": f"No {text}"})
    ) as site:
        await added(site.url)
        outcome = await use()

    assert "refused this call: No" in outcome.error
    assert is_valid(outcome.error)


@each_text
async def test_a_list_of_tools_is_made_valid(added: Added, use: Use, text: str) -> None:
    odd = tool("odd", description=f"Says {text}.", title=f"Odd {text}", annotations={"title": text})
    odd["inputSchema"] = {"type": "object", "properties": {"a": {"description": text, text: text}}}
    async with McpSite(list=listing(tool("look"), odd, tool(f"name{text}"))) as site:
        server = await added(site.url)
        outcome = await use()

    assert server.problem == ""
    assert not outcome.is_error, outcome.error
    kept = [row async for row in ToolSetting.objects.values()]
    assert {"look", "odd"} <= {row["remote_name"] for row in kept}
    assert is_valid(kept)


@pytest.mark.parametrize("text", ["\ud83d", "\0"], ids=ascii)
async def test_a_tool_whose_name_is_not_valid_text_is_dropped(added: Added, text: str) -> None:
    """A replaced character would make it another name than the server's."""
    async with McpSite(list=listing(tool("look"), tool(f"name{text}"))) as site:
        await added(site.url)

    assert [row async for row in ToolSetting.objects.values_list("remote_name", flat=True)] == [
        "look"
    ]
