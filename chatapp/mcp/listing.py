"""Tools as the owner's page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatapp.mcp.models import ToolSetting
from chatapp.tools.registry import built_in
from chatapp.tools.untrusted import plain_line

MAX_SUMMARY = 160  # characters of a description that are shown before it is unfolded
MAX_DESCRIPTION = 4_000  # characters; servers send as many as they like
MAX_LINE = 1_000  # characters

Access = ToolSetting.Access


@dataclass(frozen=True, slots=True)
class ListedTool:
    """A tool on the page.

    `is_declared_read_only` is the claim of a server, None for a built-in tool. A tool that is
    removed or excluded can't be called, so it has no choice.
    """

    name: str
    title: str
    about: str
    access: str
    is_declared_read_only: bool | None = None
    is_removed: bool = False
    is_excluded: bool = False

    @property
    def has_choice(self) -> bool:
        return not (self.is_removed or self.is_excluded)

    @property
    def summary(self) -> str:
        """Return the first words of a long description, "" for a short one."""
        line = " ".join(self.about.split())
        if len(line) <= MAX_SUMMARY:
            return ""
        return line[:MAX_SUMMARY].rpartition(" ")[0] or line[:MAX_SUMMARY]


def list_built_in() -> list[ListedTool]:
    chosen = dict(ToolSetting.objects.filter(server=None).values_list("name", "access"))
    return [
        ListedTool(
            tool.name,
            str(tool.label),
            str(tool.about),
            chosen.get(tool.name, Access.ASK if tool.needs_approval else Access.ALLOW),
        )
        for tool in built_in().values()
    ]


def list_remote(rows: Iterable[ToolSetting]) -> list[ListedTool]:
    """List a server's tools, without characters in their texts that turn or hide others."""
    return [
        ListedTool(
            row.name,
            plain_line(row.title or row.remote_name or row.name),
            _plain(row.description),
            row.access,
            row.is_declared_read_only,
            row.is_removed,
            is_excluded=not row.parameters,
        )
        for row in rows
    ]


def _plain(text: str) -> str:
    lines = (plain_line(line, MAX_LINE) for line in text[:MAX_DESCRIPTION].splitlines())
    return "\n".join(lines).strip()
