"""Schemas of arguments: a tool whose schema the model service would refuse is excluded."""

from typing import Any

import pytest

from chatapp.mcp.client.schema_check import clean
from chatapp.mcp.health import check
from tests.mcp.client.conftest import Added, rows
from tests.servers.mcp_site import McpSite, listing, tool

OBJECT = {"type": "object"}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


UNUSABLE: dict[str, tuple[Any, str]] = {
    "none": (None, "aren't described as an object"),
    "a list": ([OBJECT], "aren't described as an object"),
    "a word": ("object", "aren't described as an object"),
    "a text": ({"type": "string"}, "aren't described as an object"),
    "types": ({"type": ["object", "null"]}, "aren't described as an object"),
    "large": (OBJECT | {"description": "x" * 20_480}, "larger than 20 KB"),
    "deep": (nested(13), "nested too deeply"),
    "endless": (OBJECT | {"maximum": float("inf")}, "aren't described in valid JSON"),
    "elsewhere": (OBJECT | {"allOf": 1, "not": {"$ref": "http://a.example/"}}, "another document"),
    "name": (OBJECT | {"properties": {"the city": {}}}, "its argument “the city”"),
    "properties": (OBJECT | {"properties": ["city"]}, "aren't described in valid JSON Schema"),
    "property": (
        OBJECT | {"properties": {"city": "text"}},
        "aren't described in valid JSON Schema",
    ),
    "required": (OBJECT | {"required": "city"}, "aren't described in valid JSON Schema"),
    "kind": (
        OBJECT | {"properties": {"a": {"type": "txt"}}},
        "aren't described in valid JSON Schema",
    ),
}


@pytest.mark.parametrize("kind", UNUSABLE)
async def test_a_tool_with_a_schema_that_would_be_refused_is_excluded(
    added: Added, kind: str
) -> None:
    schema, words = UNUSABLE[kind]
    async with McpSite(list=listing(tool("look", inputSchema=schema), tool("act"))) as site:
        server = await added(site.url)

    look, act = (await rows())["look"], (await rows())["act"]
    assert look.description.startswith("Not available: ")
    assert words in look.description
    assert (look.access, look.parameters, look.is_offered) == ("off", {}, False)
    assert (act.access, act.is_offered) == ("ask", True)
    assert server.problem == ""


async def test_a_tool_that_becomes_unusable_is_turned_off(added: Added) -> None:
    async with McpSite() as site:
        server = await added(site.url)
        site.answers["tools/list"] = listing(tool("look", inputSchema=None))
        await check(server)
        site.answers["tools/list"] = listing(tool("look"))
        await check(server)

    row = (await rows())["look"]
    assert (row.access, row.parameters) == ("off", OBJECT)


async def test_tools_that_are_too_large_together_are_excluded(added: Added) -> None:
    large = OBJECT | {"description": "x" * 19_000}
    many = [tool(f"tool{number:02}", inputSchema=large) for number in range(20)]
    async with McpSite(list=listing(*many)) as site:
        await added(site.url)

    offered = [row.is_offered for row in (await rows()).values()]
    assert offered == [True] * 15 + [False] * 5


def test_what_the_service_refuses_is_removed_from_a_schema() -> None:
    inner = {"type": "string", "$schema": "x", "anyOf": [{"minLength": 1}]}
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "oneOf": [{"required": ["a"]}],
        "properties": {"a": inner, "b.c": {"$ref": "#/$defs/b"}},
        "$defs": {"b": {"enum": [1, "\x00\x07"]}},
    }

    assert clean(schema) == {
        "type": "object",
        "properties": {
            "a": {"type": "string", "anyOf": [{"minLength": 1}]},
            "b.c": {"$ref": "#/$defs/b"},
        },
        "$defs": {"b": {"enum": [1, "\x07"]}},
    }
