"""Tools as the owner's page lists them."""

from collections.abc import Iterable
from dataclasses import dataclass

from chatapp.connectors.models import ToolSetting
from chatapp.tools.outside import plain_line
from chatapp.tools.registry import built_in

FOLDED = 160  # characters of a description that are shown before somebody unfolds it
MAX_DESCRIPTION = 4_000  # characters; a server may write as many as it likes
MAX_LINE = 1_000


@dataclass(frozen=True, slots=True)
class ListedTool:
    """`says_it_reads` is a server's word about its tool; None for one of the app's own. One that is
    gone or left out can't be called, so there is nothing to choose."""

    name: str
    title: str
    about: str
    access: str
    says_it_reads: bool | None = None
    is_gone: bool = False
    is_excluded: bool = False

    @property
    def has_choice(self) -> bool:
        return not (self.is_gone or self.is_excluded)

    @property
    def beginning(self) -> str:
        """The first words of what is too long to stand there whole, else ""."""
        line = " ".join(self.about.split())
        if len(line) <= FOLDED:
            return ""
        return line[:FOLDED].rpartition(" ")[0] or line[:FOLDED]


def own_tools() -> list[ListedTool]:
    said = dict(ToolSetting.objects.filter(server=None).values_list("name", "access"))
    return [
        ListedTool(tool.name, str(tool.label), str(tool.about), said.get(tool.name, tool.access))
        for tool in built_in().values()
    ]


def remote_tools(rows: Iterable[ToolSetting]) -> list[ListedTool]:
    """What strangers wrote becomes plain: no characters that turn or hide others."""
    return [
        ListedTool(
            row.name,
            plain_line(row.title or row.remote_name or row.name),
            _plain(row.description),
            row.access,
            row.says_it_reads,
            row.is_gone,
            is_excluded=not row.parameters,
        )
        for row in rows
    ]


def _plain(text: str) -> str:
    lines = (plain_line(line, MAX_LINE) for line in text[:MAX_DESCRIPTION].splitlines())
    return "\n".join(lines).strip()
