"""What templates ask of a call of a tool."""

import json
from typing import TYPE_CHECKING

from django.utils.functional import cached_property

from chatapp.server.valid_text import make_valid_source
from chatapp.tools.registry import built_in
from chatapp.tools.running import doing

EXCERPT = 4_000  # characters of what went in and of what came, each, that a page holds
WHOLE = 200_000  # characters of each that are indented; what is longer is shown as it came
LONGEST_PARSED = 15  # times as many characters as are shown are read; of longer texts the source
MARK = "…"
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

    @property
    def shown_arguments(self) -> str:
        return _whole(self.arguments)

    @property
    def shown_content(self) -> str:
        return _whole(self.content)

    @cached_property
    def arguments_excerpt(self) -> str:
        return _excerpt(self.arguments)

    @cached_property
    def content_excerpt(self) -> str:
        return _excerpt(self.content)

    @property
    def is_long(self) -> bool:
        """Whether an excerpt leaves something out."""
        return MARK in (self.arguments_excerpt[EXCERPT:], self.content_excerpt[EXCERPT:])


def _whole(text: str) -> str:
    """Nothing is left out, since a person may be deciding about it."""
    indented = _indented(text, WHOLE)
    return text if len(indented) > WHOLE else indented


def _excerpt(text: str) -> str:
    beginning = _indented(text, EXCERPT)
    return beginning[:EXCERPT] + MARK if len(beginning) > EXCERPT else beginning


def _indented(text: str, most: int) -> str:
    """JSON for people, and anything else as it is; what is longer than `most` characters may be cut
    somewhere behind them.

    Brackets in brackets grow with the square of their number, so it is written only that far.
    """
    if len(text) > most * LONGEST_PARSED:
        return text
    try:
        # Rows of earlier versions hold escaped halves of surrogate pairs: no page can show them.
        value = json.loads(make_valid_source(text))
        pieces = json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(value)
        written, length = [], 0
        for piece in pieces:
            written.append(piece)
            length += len(piece)
            if length > most:
                break
    except (ValueError, RecursionError):
        return text
    return "".join(written)
