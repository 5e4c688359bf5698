"""Whatever a server sends: an answer that can be used, or a sentence."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse, ListToolsResult

from chatapp.images.formats import HEAD_BYTES, detect
from chatapp.mcp.client import load_connect
from chatapp.mcp.client.errors import ServerError
from chatapp.mcp.client.results import MAX_IMAGE_BYTES, MAX_IMAGES, make_output
from chatapp.mcp.client.schema_check import MAX_BYTES as MAX_SCHEMA_BYTES
from chatapp.mcp.client.schema_check import clean
from chatapp.mcp.client.tool_list import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_TITLE_CHARACTERS,
    Definition,
    ToolListFilter,
    check_definitions,
)
from chatapp.mcp.models import Server
from chatapp.tools.results import MAX_BYTES, to_json
from chatapp.tools.tool import ToolFailed
from chatapp.tools.untrusted import plain_line
from tests.fetching.site import reply
from tests.images.samples import corners, encoded
from tests.servers.mcp_site import Asked, McpSite
from tests.texts import ANY_TEXT, is_valid

PNG = b64encode(encoded(corners(), "PNG")).decode()
WAIT_SECONDS = 0.3  # for an answer that never comes; the app waits longer

WORDS = ["text", "image", "audio", "resource", "resource_link", "image_url", "object", "string"]
WORDS += ["base64", "image/png", "text/csv", "audio/wav", "#/$defs/a", "http://a.example/", "any"]
DATA = [PNG, f"data:image/png;base64,{PNG}", PNG[:41], "R0lGODlh", "/////w", "bm90ZXM=", ""]
KEYS = ["type", "text", "data", "uri", "blob", "mimeType", "name", "title", "description", "source"]
KEYS += ["resource", "image_url", "url", "content", "isError", "structuredContent", "properties"]
KEYS += ["items", "required", "enum", "$ref", "$schema", "$defs", "allOf", "anyOf", "minimum"]
KEYS += ["exclusiveMinimum", "additionalProperties", "prefixItems", "pattern", "id", "default"]

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    ANY_TEXT,
    st.sampled_from([*WORDS, *DATA]),
)
NAMES = st.one_of(st.sampled_from(KEYS), ANY_TEXT)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)
BLOCKS = st.one_of(
    ANYTHING,
    st.fixed_dictionaries(
        {"type": st.sampled_from(WORDS)},
        optional=dict.fromkeys(["text", "data", "resource", "source", "image_url"], ANYTHING),
    ),
)
ANSWERS = st.one_of(
    st.dictionaries(NAMES, ANYTHING, max_size=4),
    st.fixed_dictionaries(
        {"content": st.one_of(ANYTHING, st.lists(BLOCKS, max_size=12))},
        optional={"structuredContent": ANYTHING, "isError": ANYTHING},
    ),
)
TOOLS = st.one_of(
    ANYTHING,
    st.fixed_dictionaries(
        {"name": st.one_of(st.sampled_from(["look", "act"]), ANYTHING)},
        optional={
            "title": ANYTHING,
            "description": ANYTHING,
            "annotations": ANYTHING,
            "inputSchema": st.one_of(st.dictionaries(NAMES, ANYTHING, max_size=5), ANYTHING),
        },
    ),
)


def check_answer(answer: Mapping[str, Any]) -> None:
    """Fail unless the answer is an output that can be stored and sent, or a sentence."""
    try:
        output = make_output(answer, "Site", "Used it")
    except (ToolFailed, ServerError) as error:
        check_sentence(error.sentence)
        return
    content = to_json(output.content)
    assert len(content.encode()) <= MAX_BYTES
    assert is_valid(json.loads(content))
    assert len(output.images) <= MAX_IMAGES
    for image in output.images:
        assert detect(image[:HEAD_BYTES])
        assert len(image) <= MAX_IMAGE_BYTES


def check_sentence(sentence: str) -> None:
    assert is_valid(plain_line(sentence))
    assert plain_line(sentence)


def check_tools(found: list[Definition]) -> None:
    for one in check_definitions(found):
        assert one.remote_name.isprintable()
        assert 0 < len(one.title) <= MAX_TITLE_CHARACTERS
        assert len(one.description) <= MAX_DESCRIPTION_CHARACTERS + 100  # with why it is excluded
        assert is_valid([one.remote_name, one.title, one.description, one.parameters])
        if one.is_usable:
            Draft202012Validator.check_schema(one.parameters)
            assert len(json.dumps(one.parameters, allow_nan=False)) <= 2 * MAX_SCHEMA_BYTES
            assert clean(one.parameters) == one.parameters


class Received:
    """A stream that has one message."""

    def __init__(self, message: SessionMessage) -> None:
        self._message = message

    async def receive(self) -> SessionMessage:
        return self._message


@given(ANSWERS)
def test_any_json_is_an_output_or_a_sentence(answer: dict[str, Any]) -> None:
    check_answer(answer)


@given(st.lists(TOOLS, max_size=4))
def test_any_list_of_tools_is_read(tools: list[Any]) -> None:
    found: list[Definition] = []
    response = JSONRPCResponse(jsonrpc="2.0", id=1, result={"tools": tools})
    stream: Any = Received(SessionMessage(response))

    asyncio.run(ToolListFilter(stream, found, token="").receive())

    ListToolsResult.model_validate(response.result)
    check_tools(found)


@st.composite
def bodies(draw: st.DrawFn, good: bytes) -> bytes:
    """Return a message with a few bytes changed, sometimes as an event, or any bytes."""
    body = draw(st.sampled_from([good, good, b"data: " + good + b"\n\n", draw(st.binary())]))
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, len(body)))
        end = draw(st.integers(begin, min(len(body), begin + 6)))
        piece = draw(
            st.sampled_from([b"", b'"', b"{", b"]", b"\xff", b"\\ud83d", b"\n\n", b"1e999"])
        )
        body = body[:begin] + piece + body[end:]
    return body


@st.composite
def responses(draw: st.DrawFn) -> tuple[str, str, bytes]:
    """Return a method, and the response to it in which `?` stands for the id of the request."""
    method = draw(st.sampled_from(["initialize", "tools/list", "tools/call"]))
    result = {
        "initialize": {
            "protocolVersion": "2025-11-25",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "site", "version": "1"},
        },
        "tools/list": {"tools": draw(st.lists(TOOLS, max_size=2))},
        "tools/call": draw(ANSWERS),
    }[method]
    outcome = draw(st.sampled_from([{"result": result}, {"result": result}, {"error": result}]))
    good = json.dumps({"jsonrpc": "2.0", "id": "?", **outcome}).encode()
    status = draw(st.sampled_from(["200 OK"] * 6 + ["202 A", "204 N", "400 B", "401 U", "500 E"]))
    kind = draw(st.sampled_from(["application/json"] * 3 + ["text/event-stream", "text/html", "x"]))
    return method, status, reply(status, draw(bodies(good)), Content_Type=kind)


async def use(method: str, response: bytes) -> tuple[list[Definition], dict[str, Any]] | None:
    """Return the tools and the answer of a server that answers one method with this response."""
    connect = await load_connect()

    def answer(asked: Asked) -> bytes:
        head, _, body = response.partition(b"\r\n\r\n")
        body = body.replace(b'"?"', json.dumps(asked.message.get("id")).encode())
        lines = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
        return b"\r\n".join([*lines, b"Content-Length: %d" % len(body), b"", body])

    async with McpSite() as site:
        site.answers[method] = answer
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                async with connect(Server(name="Site", url=site.url)) as connection:
                    return await connection.list_tools(), await connection.call("look", {})
        except TimeoutError:
            return None
        except ServerError as error:
            check_sentence(error.sentence)
            return None


@given(responses())
def test_any_response_is_an_answer_or_a_sentence(response: tuple[str, str, bytes]) -> None:
    method, _status, sent = response
    if received := asyncio.run(use(method, sent)):
        tools, answer = received
        check_tools(tools)
        check_answer(answer)
