"""What a server says that a tool takes, made fit for the model service, which refuses a whole
request for one schema that it does not like."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from chatapp.server.valid_text import make_valid_json
from chatapp.tools.outside import plain_line

MAX_BYTES = 20 * 1024
MAX_LEVELS = 25  # of objects and lists in each other

ARGUMENT = re.compile(r"[a-zA-Z0-9_.-]{1,64}")  # names that the service takes
NOT_AT_THE_TOP = ("oneOf", "anyOf", "allOf")  # for the service; the server checks them anyway


class Unfit(Exception):
    """Says why, in words for the owner."""


def fit(schema: object) -> dict[str, Any]:
    """The schema without what nobody needs. Raises Unfit. Whether it is valid is for `proof.py`."""
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        raise Unfit(_("what it takes is not described as an object."))
    if _size(schema) > MAX_BYTES:
        why = _("the description of what it takes is larger than %(kilobytes)d KB.")
        raise Unfit(why % {"kilobytes": MAX_BYTES // 1024})
    kept = {key: item for key, item in schema.items() if key not in NOT_AT_THE_TOP}
    bare = _without_addresses(kept | {"type": "object"}, MAX_LEVELS)
    alone: dict[str, Any] = make_valid_json(bare)
    properties = alone.get("properties")
    for name in properties if isinstance(properties, dict) else ():
        if not ARGUMENT.fullmatch(name):
            why = _("it takes an argument named “%(name)s”, which the model service refuses.")
            raise Unfit(why % {"name": plain_line(name)})
    return alone


def _size(schema: dict[str, Any]) -> int:
    try:
        return len(json.dumps(schema, allow_nan=False))
    except (ValueError, RecursionError) as error:  # an endless number
        raise Unfit(_("what it takes is not described in valid JSON.")) from error


def _without_addresses(value: Any, levels: int) -> Any:
    """The same without the names of dialects; what refers to another document is unfit."""
    if not levels:
        raise Unfit(_("the description of what it takes is nested too deeply."))
    match value:
        case {"$ref": str(link)} if not link.startswith("#"):
            raise Unfit(_("the description of what it takes refers to another document."))
        case dict():
            return {
                key: _without_addresses(item, levels - 1)
                for key, item in value.items()
                if key != "$schema"
            }
        case list():
            return [_without_addresses(item, levels - 1) for item in value]
    return value
