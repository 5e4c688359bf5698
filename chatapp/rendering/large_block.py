"""Show an open block that has become too large to be rendered with every append.

Its beginning stays as it was rendered, and the rest is plain text until the block ends. The end is
a guess by the source alone; the finished reply is rendered correctly.
"""

import re

from chatapp.rendering.growing_block import GrowingBlock
from chatapp.rendering.limits import MAX_OPEN_BLOCK
from chatapp.rendering.open_chunk import UNDECIDED, is_list_item

_OPENING = '<p class="source" dir="auto">'
_CLOSING = "</p>"
# The style keeps line ends, so a thousand blank lines would fill several screens.
_BLANK_LINES = re.compile(r"\n{3,}")


def split_large(source: str) -> tuple[str, str]:
    """Divide the source of an open block into the part that stays rendered and the rest."""
    end_of_line = source.rfind("\n", MAX_OPEN_BLOCK // 2, MAX_OPEN_BLOCK) + 1
    end = end_of_line or MAX_OPEN_BLOCK
    return source[:end], source[end:]


class LargeBlock(GrowingBlock):
    def __init__(self, head: str, head_html: str, tail: str, *, has_list: bool) -> None:
        """Begin with `head`, whose HTML is `head_html`; `tail` follows, up to the end of a line."""
        super().__init__(head_html + _OPENING, _CLOSING)
        self._source = [head]
        self._has_list = has_list
        self._line = ""
        self._is_line_examined = True  # of the line in which it became too large
        self._is_line_blank = False
        self._follows_blank = False
        self._take(tail)

    @property
    def source(self) -> str:
        return "".join(self._source)

    @property
    def held(self) -> str:
        """Return the beginning of a line that may belong to this block or to the next."""
        return "" if self._is_line_examined else self._line

    def add(self, fragment: str) -> bool:
        """Add source up to the end of a line at most.

        Return True when its line begins another block; `held` is all of that line.
        """
        if self._is_line_examined:
            self._take(fragment)
        else:
            self._line += fragment
            if UNDECIDED.fullmatch(self._line):
                return False
            if self._follows_blank and self._begins_block(self._line):
                return True
            self._is_line_examined = True
            line, self._line = self._line, ""
            self._take(line)
        return False

    def _begins_block(self, line: str) -> bool:
        is_item = is_list_item(line)
        return not line[0].isspace() and not (is_item and self._has_list)

    def _take(self, text: str) -> None:
        self._source.append(text)
        if text != "\n" or not (self._is_line_blank and self._follows_blank):
            self.show(_BLANK_LINES.sub("\n\n", text))
        self._is_line_blank = self._is_line_blank and not text.strip()
        if text.endswith("\n"):
            self._follows_blank, self._is_line_blank = self._is_line_blank, True
            self._is_line_examined = False


class PlainRest(GrowingBlock):
    """Show the rest of a reply whose HTML has reached its limit. It never ends."""

    def __init__(self) -> None:
        super().__init__(_OPENING, _CLOSING)
