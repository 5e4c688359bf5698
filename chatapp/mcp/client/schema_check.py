"""Check the JSON Schema of a tool's arguments. The model service refuses a whole request for one
schema that it doesn't accept. Importing this costs 11 MB."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator, SchemaError

from chatapp.mcp.client.old_schemas import modernise
from chatapp.server.valid_text import make_valid_json
from chatapp.tools.untrusted import plain_line

MAX_BYTES = 20 * 1024
MAX_LEVELS = 25  # of objects and lists in each other

ARGUMENT = re.compile(r"[a-zA-Z0-9_.-]{1,64}")  # names that the service accepts
# The service refuses these at the top. They can go, because the server checks arguments itself.
TOP_LEVEL_ONLY = ("oneOf", "anyOf", "allOf")


class Unusable(Exception):
    """A schema that can't be sent; the message is the reason, for the owner."""


def clean(schema: object) -> dict[str, Any]:
    """Return the schema without what the service refuses and nobody needs. Raise Unusable.

    A tool without arguments may have no schema, or an empty list, as PHP writes an empty object.
    This is quick. `validate` checks the rest.
    """
    schema = {} if schema in (None, []) else schema
    if not isinstance(schema, dict) or not _describes_object(schema):
        raise Unusable(_("its arguments aren't described as an object."))
    if _size(schema) > MAX_BYTES:
        reason = _("the description of its arguments is larger than %(kilobytes)d KB.")
        raise Unusable(reason % {"kilobytes": MAX_BYTES // 1024})
    kept = {key: item for key, item in schema.items() if key not in TOP_LEVEL_ONLY}
    bare = _without_dialects(kept | {"type": "object"}, MAX_LEVELS)
    cleaned: dict[str, Any] = make_valid_json(modernise(bare))
    properties = cleaned.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        if not ARGUMENT.fullmatch(name):
            reason = _("the model service refuses the name of its argument “%(name)s”.")
            raise Unusable(reason % {"name": plain_line(name)})
    return cleaned


def validate(schema: dict[str, Any]) -> None:
    """Raise Unusable for what isn't JSON Schema. Takes up to 0.4 s: call it in a thread."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise Unusable(_("its arguments aren't described in valid JSON Schema.")) from error


def _describes_object(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    return kind in (None, "object") or (isinstance(kind, list) and "object" in kind)


def _size(schema: dict[str, Any]) -> int:
    try:
        return len(json.dumps(schema, allow_nan=False))
    except (ValueError, RecursionError) as error:  # such as an infinite number
        raise Unusable(_("its arguments aren't described in valid JSON.")) from error


def _without_dialects(value: Any, levels: int) -> Any:
    """Remove the names of dialects. Raise Unusable for a reference to another document."""
    if not levels:
        raise Unusable(_("the description of its arguments is nested too deeply."))
    match value:
        case {"$ref": str(link)} if not link.startswith("#"):
            raise Unusable(_("the description of its arguments refers to another document."))
        case dict():
            return {
                key: _without_dialects(item, levels - 1)
                for key, item in value.items()
                if key != "$schema"
            }
        case list():
            return [_without_dialects(item, levels - 1) for item in value]
    return value
