"""What a person can turn on and off in a conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings

from chatapp.connectors.models import ToolSetting
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
    said = {row.name: row for row in ToolSetting.objects.select_related("server")}
    return _built_in(said)


def _built_in(said: Mapping[str, ToolSetting]) -> list[Switch]:
    return [
        Switch(tool.name, str(tool.label), _is_on(tool.name), (_as_said(tool, said),))
        for tool in built_in().values()
        if tool.name not in said or said[tool.name].access != ToolSetting.Degree.OFF
    ]


def _as_said(tool: Tool, said: Mapping[str, ToolSetting]) -> Tool:
    row = said.get(tool.name)
    return replace(tool, access=row.allowance) if row else tool


def _is_on(name: str) -> bool:
    return EVERY in settings.TOOLS or name in settings.TOOLS
