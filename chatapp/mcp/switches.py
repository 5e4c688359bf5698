"""What a person can turn on and off in a conversation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.mcp.models import Server, ToolSetting
from chatapp.mcp.server_tools import make_tool
from chatapp.tools.registry import ALL_TOOLS, built_in
from chatapp.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class Switch:
    """A built-in tool, or a server with its tools. `is_on` is the position of the switch in a
    conversation where nobody has moved it."""

    key: str
    label: str
    is_on: bool
    tools: tuple[Tool, ...]

    @property
    def asks(self) -> bool:
        return any(tool.needs_approval for tool in self.tools)

    @property
    def is_harmless(self) -> bool:
        """Return whether it is a built-in tool that neither acts nor asks."""
        is_built_in = [tool.name for tool in self.tools] == [self.key]
        return is_built_in and self.tools[0].is_harmless


def switches() -> list[Switch]:
    """Return the switches that this instance offers, in the order on the page, with one query."""
    rows = list(ToolSetting.objects.select_related("server"))
    chosen = {row.name: row for row in rows if not row.server}
    return [*_built_in_switches(chosen), *_server_switches(rows)]


def switches_for(person: Person) -> list[Switch]:
    """Return those that this person is offered.

    Whoever may not use tools that act has only built-in ones that never ask, whatever a server
    claims about its own.
    """
    offered = switches()
    if allows(person, Permission.USE_ACTING_TOOLS):
        return offered
    return [each for each in offered if each.is_harmless]


def _built_in_switches(chosen: Mapping[str, ToolSetting]) -> list[Switch]:
    return [
        Switch(tool.name, str(tool.label), _is_on(tool.name), (_with_access(tool, chosen),))
        for tool in built_in().values()
        if tool.name not in chosen or chosen[tool.name].access != ToolSetting.Access.OFF
    ]


def _server_switches(rows: Iterable[ToolSetting]) -> list[Switch]:
    """Sort by the names of the servers; the rows are sorted by those of the tools."""
    offered: dict[Server, list[Tool]] = {}
    for row in rows:
        if row.server and row.is_offered:
            offered.setdefault(row.server, []).append(make_tool(row, row.server))
    return [
        Switch(f"mcp-{server.pk}", server.name, server.is_enabled, tuple(tools))
        for server, tools in sorted(offered.items(), key=lambda item: item[0].name)
    ]


def _with_access(tool: Tool, chosen: Mapping[str, ToolSetting]) -> Tool:
    row = chosen.get(tool.name)
    return replace(tool, needs_approval=row.needs_approval) if row else tool


def _is_on(name: str) -> bool:
    return ALL_TOOLS in settings.TOOLS or name in settings.TOOLS
