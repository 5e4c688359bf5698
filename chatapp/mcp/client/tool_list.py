"""Filter the list of tools that a server sends, for the SDK, the model and the owner's page.

The SDK refuses a whole list for one tool in it that breaks the protocol. So a filter below it reads
the list first: it keeps a definition of each tool, and passes on what the SDK needs of the usable
ones.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from django.utils.translation import gettext as _
from mcp.client._transport import ReadStream
from mcp.shared.message import SessionMessage
from mcp_types import JSONRPCResponse

from chatapp.mcp.client import schema_check
from chatapp.mcp.client.redaction import hide
from chatapp.mcp.models import MAX_TOOLS
from chatapp.tools.untrusted import plain_line

MAX_NAME_CHARACTERS = 200
MAX_TITLE_CHARACTERS = 100
MAX_DESCRIPTION_CHARACTERS = 1_500
MAX_SCHEMA_CHARACTERS = 300_000  # of all schemas together, which are part of every request

Item = SessionMessage | Exception


@dataclass(frozen=True, slots=True)
class Definition:
    """A tool as a server lists it. `remote_name` is the server's name for it. A tool that can't be
    offered has no parameters, and its description is the reason."""

    remote_name: str
    title: str
    description: str
    parameters: dict[str, Any]
    is_declared_read_only: bool

    @property
    def is_usable(self) -> bool:
        return bool(self.parameters)

    def exclude(self, reason: str) -> Definition:
        description = _("Not available: %(reason)s") % {"reason": reason}
        return replace(self, description=description, parameters={})


class ToolListFilter:
    """Stand in for a stream from a server. Definitions of tools are added to `found`, without the
    server's token."""

    def __init__(self, stream: ReadStream[Item], found: list[Definition], token: str) -> None:
        self._stream = stream
        self._found = found
        self._token = token

    async def receive(self) -> Item:
        return self._filter(await self._stream.receive())

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        return self._filter(await self._stream.__anext__())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def _filter(self, item: Item) -> Item:
        match item:
            case SessionMessage(message=JSONRPCResponse(result={"tools": list(tools)} as result)):
                first = tools[: MAX_TOOLS + 1]
                found = [one for tool in first if (one := _read_hidden(tool, self._token))]
                self._found += found
                result["tools"] = [_for_sdk(one) for one in found if one.is_usable]
        return item


def check_definitions(found: Iterable[Definition]) -> list[Definition]:
    """Return the first definition of each name. Exclude those whose schema isn't valid or makes all
    together too large. Takes up to 0.4 s for each: call it in a thread."""
    by_name: dict[str, Definition] = {}
    size = 0
    for one in found:
        if one.remote_name in by_name:
            continue
        size += len(str(one.parameters))
        if size > MAX_SCHEMA_CHARACTERS:
            one = one.exclude(_("the server's descriptions are too large together."))
        by_name[one.remote_name] = one
    return [_check_schema(one) for one in by_name.values()]


def _check_schema(definition: Definition) -> Definition:
    try:
        schema_check.validate(definition.parameters)
    except schema_check.Unusable as error:
        return definition.exclude(str(error))
    return definition


def _read_hidden(tool: object, token: str) -> Definition | None:
    """Read one entry of a list, without the token wherever it is quoted.

    Only the whole name could be called, so a tool with the token in its name is of no use.
    """
    found = _read(hide(tool, token))
    if found and isinstance(tool, Mapping) and tool["name"] != found.remote_name:
        return found.exclude(_("its name has this server's token in it."))
    return found


def _read(tool: object) -> Definition | None:
    """Read one entry of a list. Return None when it has no name by which it could be called."""
    name = tool.get("name") if isinstance(tool, Mapping) else None
    if not isinstance(tool, Mapping) or not isinstance(name, str) or not _is_name(name):
        return None
    hints = tool.get("annotations")
    hints = hints if isinstance(hints, Mapping) else {}
    titles = [
        plain_line(_text(one), MAX_TITLE_CHARACTERS)
        for one in (tool.get("title"), hints.get("title"), name)
    ]
    found = Definition(
        name,
        next(filter(None, titles)),
        _plain(_text(tool.get("description"))),
        {},
        hints.get("readOnlyHint") is True,
    )
    try:
        return replace(found, parameters=schema_check.clean(tool.get("inputSchema")))
    except schema_check.Unusable as error:
        return found.exclude(str(error))


def _for_sdk(found: Definition) -> dict[str, Any]:
    properties = found.parameters.get("properties")
    named = properties.items() if isinstance(properties, dict) else ()
    schema = {name: item for name, item in named if isinstance(item, dict)}
    return {
        "name": found.remote_name,
        "inputSchema": {"type": "object", "properties": schema},
    }


def _is_name(name: str) -> bool:
    # A replaced character would make it another name than the server's.
    return name.isprintable() and "\ufffd" not in name and 0 < len(name) <= MAX_NAME_CHARACTERS


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _plain(text: str) -> str:
    """Return the text without control characters and invisible ones."""
    visible = "".join(
        char
        for char in text[: 2 * MAX_DESCRIPTION_CHARACTERS]
        if char == "\n" or not unicodedata.category(char).startswith("C")
    ).strip()
    if len(visible) <= MAX_DESCRIPTION_CHARACTERS:
        return visible
    return visible[: MAX_DESCRIPTION_CHARACTERS - 1].rstrip() + "…"
