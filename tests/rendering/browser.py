"""A browser small enough to test against."""

from collections.abc import Iterable

from chatapp.rendering import BlockPatch


class Browser:
    """Applies patches as the page's JavaScript does: strings are counted in UTF-16 code units."""

    def __init__(self) -> None:
        self.blocks: list[str] = []

    def apply(self, patches: Iterable[BlockPatch]) -> None:
        for index, kept, html in patches:
            if index == len(self.blocks):
                self.blocks.append("")
            old = self.blocks[index].encode("utf-16-le")
            assert 2 * kept <= len(old)
            self.blocks[index] = old[: 2 * kept].decode("utf-16-le") + html
            if not self.blocks[index]:
                assert index == len(self.blocks) - 1
                self.blocks.pop()

    @property
    def html(self) -> str:
        return "".join(f'<div class="block">{block}</div>' for block in self.blocks)
