"""What a person can turn on and off in a conversation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from chatapp.connectors.models import Server, ToolSetting
from chatapp.connectors.server_tools import tool_of
from chatapp.tools.registry import built_in
from chatapp.tools.tool import Tool

EVERY = "all"  # in CHAT_TOOLS


@dataclass(frozen=True, slots=True)
class Switch:
    """A tool of the app, or a server with its tools. `is_on` tells how it stands in a conversation
    where nobody touched it."""

    key: str
    label: str
    is_on: bool
    tools: tuple[Tool, ...]

    @property
    def asks(self) -> bool:
        return any(tool.access == "ask" for tool in self.tools)


def switches() -> list[Switch]:
    """Those that the owner has not turned off, in the order in which they are shown. One query."""
    rows = list(ToolSetting.objects.select_related("server"))
    return [*_built_in({row.name: row for row in rows if not row.server}), *_of_servers(rows)]


def _built_in(said: Mapping[str, ToolSetting]) -> list[Switch]:
    return [
        Switch(tool.name, str(tool.label), _is_on(tool.name), (_as_said(tool, said),))
        for tool in built_in().values()
        if tool.name not in said or said[tool.name].access != ToolSetting.Degree.OFF
    ]


def _of_servers(rows: Iterable[ToolSetting]) -> list[Switch]:
    """In the order of the servers' names; the rows come in that of the tools'."""
    offered: dict[Server, list[Tool]] = {}
    for row in rows:
        if row.server and row.is_offered:
            offered.setdefault(row.server, []).append(tool_of(row, row.server))
    return [
        Switch(f"mcp-{server.pk}", server.name, server.is_on, tuple(tools))
        for server, tools in sorted(offered.items(), key=lambda item: item[0].name)
    ]


def _as_said(tool: Tool, said: Mapping[str, ToolSetting]) -> Tool:
    row = said.get(tool.name)
    return replace(tool, access=row.allowance) if row else tool


def _is_on(name: str) -> bool:
    return EVERY in settings.TOOLS or name in settings.TOOLS
