"""What templates ask of a call of a tool."""

import json
from typing import TYPE_CHECKING

from django.utils.functional import cached_property

from chatapp.tools.registry import built_in
from chatapp.tools.running import doing
from chatapp.valid_text import make_valid_source

EXCERPT = 4_000  # characters of what went in and of what came, each, that a page holds
WHOLE_LINE = 5_000  # characters: who is asked about a call sees all of its line


class StepDisplay:
    """Mixed into Step; reads its columns, queries nothing."""

    if TYPE_CHECKING:
        name: str
        arguments: str
        content: str
        line: str

        @property
        def is_undecided(self) -> bool: ...

    @property
    def shown_line(self) -> str:
        """What is done or was done, in a line."""
        tool = built_in().get(self.name) if self.is_undecided else None
        return doing(tool, self.arguments, WHOLE_LINE) if tool else self.line or self.name

    @property
    def caution(self) -> str:
        """What the person should know when asked."""
        tool = built_in().get(self.name)
        return str(tool.caution) if tool else ""

    @cached_property
    def shown_arguments(self) -> str:
        return _indented(self.arguments)

    @cached_property
    def shown_content(self) -> str:
        """Kept, because a running reply shows all of its steps anew whenever one of them ends, and
        50 KB take some milliseconds."""
        return _indented(self.content)

    @property
    def arguments_excerpt(self) -> str:
        return _excerpt(self.shown_arguments)

    @property
    def content_excerpt(self) -> str:
        return _excerpt(self.shown_content)

    @property
    def is_long(self) -> bool:
        """Whether an excerpt leaves something out."""
        return max(len(self.shown_arguments), len(self.shown_content)) > EXCERPT


def _indented(text: str) -> str:
    """JSON for people; what is none stays as it is. Rows of earlier versions hold arguments in
    which half a surrogate pair is escaped: no page can show that."""
    try:
        return json.dumps(json.loads(make_valid_source(text)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"
