"""Schemas of arguments: a tool whose schema the model service would refuse is excluded."""

from typing import Any

import pytest

from chatapp.mcp.client.schema_check import clean, validate
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
    "a list": ([OBJECT], "aren't described as an object"),
    "a word": ("object", "aren't described as an object"),
    "a text": ({"type": "string"}, "aren't described as an object"),
    "types": ({"type": ["string", "null"]}, "aren't described as an object"),
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
        site.answers["tools/list"] = listing(tool("look", inputSchema="object"))
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


USABLE: dict[str, tuple[Any, dict[str, Any]]] = {
    "none": (None, {}),
    "empty": ({}, {}),
    "empty in PHP": ([], {}),
    "null type": ({"type": None}, {}),
    "optional": ({"type": ["object", "null"]}, {}),
    "null keywords": (
        {"properties": {"a": {"type": "string", "enum": None, "description": None, "items": None}}},
        {"properties": {"a": {"type": "string"}}},
    ),
    "null at the top": ({"properties": None, "required": None, "description": None}, {}),
    "null property": ({"properties": {"a": None}}, {"properties": {"a": {}}}),
    "null that is meant": (
        {"properties": {"a": {"default": None, "const": None, "enum": [None, 1]}}},
        {"properties": {"a": {"default": None, "const": None, "enum": [None, 1]}}},
    ),
    "lists of PHP": (
        {"properties": [], "required": [], "additionalProperties": []},
        {"properties": {}, "required": [], "additionalProperties": {}},
    ),
    "properties with the names of keywords": (
        {"properties": {"id": {"type": "string"}, "enum": {}, "default": {"id": "#a"}}},
        {"properties": {"id": {"type": "string"}, "enum": {}, "default": {}}},
    ),
    "draft 4, limits": (
        {"properties": {"a": {"minimum": 1, "exclusiveMinimum": True, "maximum": 5,
                              "exclusiveMaximum": False}}},
        {"properties": {"a": {"exclusiveMinimum": 1, "maximum": 5}}},
    ),
    "draft 4, id": ({"id": "http://a.example/schema#"}, {}),
    "draft 4, tuple": (
        {"properties": {"a": {"items": [{"type": "string"}, {}], "additionalItems": False}}},
        {"properties": {"a": {"prefixItems": [{"type": "string"}, {}], "items": False}}},
    ),
    "draft 3, required": (
        {"properties": {"a": {"required": True}, "b": {"required": False}}},
        {"properties": {"a": {}, "b": {}}, "required": ["a"]},
    ),
    "names of Python": (
        {"properties": {"a": {"type": "str"}, "b": {"type": ["int", None]}, "c": {"type": "any"}}},
        {"properties": {"a": {"type": "string"}, "b": {"type": ["integer", "null"]}, "c": {}}},
    ),
    "inside": (
        {"$defs": {"x": {"anyOf": [{"type": "float", "title": None}]}}},
        {"$defs": {"x": {"anyOf": [{"type": "number"}]}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", USABLE)
def test_a_schema_of_another_draft_is_usable(kind: str) -> None:
    schema, expected = USABLE[kind]

    cleaned = clean(schema)

    validate(cleaned)
    assert cleaned == OBJECT | expected


async def test_a_tool_without_a_schema_is_offered(added: Added) -> None:
    bare = {"name": "look"}
    async with McpSite(list=listing(bare)) as site:
        await added(site.url)

    row = (await rows())["look"]
    assert (row.access, row.is_offered, row.parameters) == ("ask", True, OBJECT)
