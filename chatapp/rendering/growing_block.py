"""Render a block that only grows: new text costs the same, however long the block is."""

from chatapp.rendering.code import plain
from chatapp.rendering.patches import BlockPatch, utf16_units


class GrowingBlock:
    """Hold escaped text between opening and closing HTML."""

    def __init__(self, opening: str, closing: str) -> None:
        self._opening, self._closing = opening, closing
        self._text: list[str] = []
        self._added: list[str] = []
        self._sent_units = 0

    @property
    def text(self) -> str:
        return "".join(self._text)

    @property
    def html(self) -> str:
        return self._opening + plain(self.text) + self._closing

    def show(self, text: str) -> None:
        self._text.append(text)
        self._added.append(text)

    def take_patches(self, index: int) -> list[BlockPatch]:
        """Return the change of block `index` since the last call: at most one patch."""
        if self._sent_units and not self._added:
            return []
        new = plain("".join(self._added))
        html = new if self._sent_units else self._opening + new
        patch = BlockPatch(index, self._sent_units, html + self._closing)
        self._sent_units += utf16_units(html)
        self._added = []
        return [patch]
