"""Bring schemas of older drafts, and those that generators get a little wrong, to draft 2020-12.

The server checks the arguments itself, so dropping a constraint costs nothing but a hint for the
model, and an unusable tool costs everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DATA = {"const", "default", "enum", "example", "examples"}  # their values are no schemas
SCHEMAS_BY_NAME = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
ONE_SCHEMA = {
    "additionalProperties", "contains", "else", "if", "items", "not", "propertyNames", "then",
    "unevaluatedItems", "unevaluatedProperties",
}  # fmt: skip
SCHEMAS = {"allOf", "anyOf", "oneOf", "prefixItems"}
# `id` would be an address in draft 4; a property may still have this name. The others have another
# meaning now, or none.
DROPPED = {"additionalItems", "dependencies", "id"}
# Draft 4 says with true or false whether the limit itself is excluded.
LIMITS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
TYPES = {
    None: "null", "None": "null", "bool": "boolean", "dict": "object", "double": "number",
    "float": "number", "int": "integer", "list": "array", "str": "string", "text": "string",
}  # fmt: skip
ANY_TYPE = "any"


def modernise(schema: Any) -> Any:
    """Return a schema with the same meaning, as far as draft 2020-12 can say it.

    What isn't a schema at all stays as it is. `null` stands for a keyword that was left out.
    """
    if schema is None or schema == []:  # PHP writes an empty object as a list
        return {}
    if not isinstance(schema, dict):
        return schema
    fresh: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in DATA:
            _add_data(fresh, keyword, value)
        elif value is not None and keyword not in DROPPED:
            _add(fresh, keyword, value, schema)
    _require_properties(fresh, schema.get("properties"))
    return fresh


def _add_data(fresh: dict[str, Any], keyword: str, value: Any) -> None:
    if keyword in {"const", "default", "example"} or isinstance(value, list):
        fresh[keyword] = value


def _add(fresh: dict[str, Any], keyword: str, value: Any, schema: Mapping[str, Any]) -> None:
    if keyword in SCHEMAS_BY_NAME:
        names = {} if value == [] else value
        is_map = isinstance(names, dict)
        fresh[keyword] = {name: modernise(names[name]) for name in names} if is_map else names
    elif keyword == "items" and isinstance(value, list) and value:
        fresh["prefixItems"] = [modernise(item) for item in value]
        if "additionalItems" in schema:
            fresh["items"] = modernise(schema["additionalItems"])
    elif keyword in ONE_SCHEMA:
        fresh[keyword] = modernise(value)
    elif keyword in SCHEMAS:
        fresh[keyword] = [modernise(each) for each in value] if isinstance(value, list) else value
    elif keyword == "type":
        _add_type(fresh, value)
    elif keyword in LIMITS and isinstance(value, bool):
        _add_limit(fresh, keyword, schema, is_excluded=value)
    elif keyword in LIMITS.values() and schema.get(_excluding(keyword)) is True:
        pass  # added as the exclusive limit
    elif keyword == "required" and isinstance(value, bool):
        pass  # draft 3; the object around it requires the property
    else:
        fresh[keyword] = value


def _add_type(fresh: dict[str, Any], value: Any) -> None:
    if isinstance(value, list):
        kinds = [TYPES.get(kind, kind) for kind in value if _is_known(kind)]
        value = list(dict.fromkeys(kinds)) if len(kinds) == len(value) else value
        if value and ANY_TYPE not in value:
            fresh["type"] = value
    elif value != ANY_TYPE:
        fresh["type"] = TYPES.get(value, value) if _is_known(value) else value


def _is_known(kind: object) -> bool:
    return kind is None or isinstance(kind, str)


def _add_limit(
    fresh: dict[str, Any], keyword: str, schema: Mapping[str, Any], *, is_excluded: bool
) -> None:
    limit = schema.get(LIMITS[keyword])
    if is_excluded and limit is not None:
        fresh[keyword] = limit


def _excluding(limit: str) -> str:
    return next(keyword for keyword, plain in LIMITS.items() if plain == limit)


def _require_properties(fresh: dict[str, Any], properties: Any) -> None:
    """Name the properties that draft 3 marks as required themselves."""
    if not isinstance(properties, dict):
        return
    marked = [
        name
        for name, item in properties.items()
        if isinstance(item, dict) and item.get("required") is True
    ]
    named = fresh.get("required", [])
    if marked and isinstance(named, list):
        fresh["required"] = list(dict.fromkeys([*named, *marked]))
