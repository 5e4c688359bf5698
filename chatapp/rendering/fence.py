"""An open code fence: new text costs the same however long the code has become."""

import re

from chatapp.rendering.code import CLOSING, opening, plain
from chatapp.rendering.patches import BlockPatch, utf16_units


class OpenFence:
    """The HTML of a code block at the top level while its lines arrive."""

    def __init__(self, marker: str, language: str) -> None:
        self.language = language
        self._closing_line = re.compile(rf"[ ]{{0,3}}{marker}{marker[0]}*[ \t]*\n")
        self._partial_closing = re.compile(rf"[ ]{{0,3}}{marker[0]}*[ \t]*")
        self._opening = opening(language)
        self._code: list[str] = []
        self._added: list[str] = []
        self._sent_units = 0
        self._line = ""
        self._is_inside_line = False

    @property
    def code(self) -> str:
        return "".join(self._code)

    @property
    def html(self) -> str:
        return self._opening + plain(self.code) + CLOSING

    @property
    def held(self) -> str:
        """The beginning of a line that may yet close the fence; it is not shown."""
        return self._line

    def add(self, fragment: str) -> bool:
        """Take source up to the end of a line at most; True when that line closed the fence."""
        if self._is_inside_line:
            self._show(fragment)
        else:
            self._line += fragment
            if self._closing_line.fullmatch(self._line):
                self._line = ""
                return True
            if not self._partial_closing.fullmatch(self._line):
                self._show(self._line)
                self._line = ""
        return False

    def take_patches(self, index: int) -> list[BlockPatch]:
        """What is new since the last call, as block `index`: at most one patch."""
        if self._sent_units and not self._added:
            return []
        new = plain("".join(self._added))
        html = new if self._sent_units else self._opening + new
        patch = BlockPatch(index, self._sent_units, html + CLOSING)
        self._sent_units += utf16_units(html)
        self._added = []
        return [patch]

    def _show(self, text: str) -> None:
        self._is_inside_line = not text.endswith("\n")
        self._code.append(text)
        self._added.append(text)
