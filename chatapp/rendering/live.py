"""The streaming renderer: text comes in, what changed in the page's HTML goes out."""

import re

from chatapp.rendering.blocks import finish_block
from chatapp.rendering.chunks import Chunk, live_blocks
from chatapp.rendering.code import Fence, can_highlight
from chatapp.rendering.document import join_blocks
from chatapp.rendering.fence import OpenFence
from chatapp.rendering.halfwritten import presentable
from chatapp.rendering.markdown import normalise
from chatapp.rendering.patches import BlockPatch, difference

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class LiveDocument:
    """A reply that is being written, as a row of blocks of which only the end still changes.

    The HTML depends on the text alone, not on how it was divided among appends. Links and
    footnotes that are defined after their use, and colours in code outside the top level, need
    `render_document` once the reply is complete.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._text: list[str] = []
        self._ends_with_return = False
        self._finished: list[str] = []
        self._fences: list[Fence] = []
        self._fence: OpenFence | None = None
        self._chunk = Chunk()
        self._open_source = ""
        self._open_raw: list[str] = []
        self._open: list[str] = []

    @property
    def text(self) -> str:
        """Everything appended so far, unchanged."""
        return "".join(self._text)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Inner HTML of every block given out so far."""
        fence = [self._fence.html] if self._fence else []
        return (*self._finished, *fence, *self._open)

    @property
    def html(self) -> str:
        """What a browser shows that applied every patch."""
        return join_blocks(self.blocks)

    @property
    def open_block_size(self) -> int:
        """Characters of source that the next append has to render again."""
        return len(self._fence.held) if self._fence else len(self._chunk.source)

    def append(self, text: str) -> tuple[BlockPatch, ...]:
        """Take new text; what changed against the HTML given out before, in order of applying."""
        self._text.append(text)
        first, before, fence = len(self._finished), self._open, self._fence
        for fragment in _LINE.findall(self._normalise(text)):
            self._add(fragment)
        self._render_open()
        patches: list[BlockPatch] = []
        if fence:
            patches += fence.take_patches(first)
            first += 1
        if before or first < len(self._finished) or self._open:
            patches += _differences(first, before, self._finished[first:] + self._open)
        if self._fence and self._fence is not fence:
            patches += self._fence.take_patches(len(self._finished))
        return tuple(patches)

    def take_finished_fences(self) -> list[Fence]:
        """Fences that closed since the last call and whose highlighting would show."""
        fences, self._fences = self._fences, []
        return fences

    def replace(self, index: int, html: str) -> BlockPatch:
        """Put the result of `highlight` in the place of a finished block.

        Raises IndexError when block `index` is not finished.
        """
        patch = difference(index, self._finished[index], html)
        self._finished[index] = html
        return patch

    def _normalise(self, text: str) -> str:
        continues = self._ends_with_return and text.startswith("\n")
        if text:
            self._ends_with_return = text.endswith("\r")
        return normalise(text[1:] if continues else text)

    def _add(self, fragment: str) -> None:
        if self._fence:
            if self._fence.add(fragment):
                self._close_fence(self._fence)
            return
        self._finish(self._chunk.add(fragment))
        start = self._chunk.end_line()
        if start:
            self._finish(self._chunk.finish())
            self._chunk = Chunk()
            self._fence = OpenFence(start.marker, start.language)

    def _finish(self, raw_blocks: list[str]) -> None:
        self._finished.extend(self._finish_block(raw) for raw in raw_blocks)

    def _close_fence(self, fence: OpenFence) -> None:
        if can_highlight(fence.language, fence.code):
            self._fences.append(Fence(len(self._finished), fence.language, fence.code))
        self._finished.append(fence.html)
        self._fence = None

    def _render_open(self) -> None:
        source = "" if self._fence else presentable(self._chunk.source)
        if source != self._open_source:
            raw_blocks = live_blocks(source)
            # Blocks before the last one seldom change: their HTML is at hand.
            known = dict(zip(self._open_raw[:-1], self._open, strict=False))
            self._open = [known.get(raw) or self._finish_block(raw) for raw in raw_blocks]
            self._open_source, self._open_raw = source, raw_blocks

    def _finish_block(self, raw: str) -> str:
        return finish_block(raw, prefix=self._prefix, highlighted=False)


def _differences(first: int, old: list[str], new: list[str]) -> list[BlockPatch]:
    """Patches from old to new blocks; superfluous old ones are emptied from the last on."""
    patches = [
        difference(first + offset, before, after)
        for offset, (before, after) in enumerate(zip(old, new, strict=False))
        if before != after
    ]
    if len(new) > len(old):
        added = enumerate(new[len(old) :], first + len(old))
        patches += [BlockPatch(index, 0, html) for index, html in added]
    elif len(old) > len(new):
        superfluous = reversed(range(first + len(new), first + len(old)))
        patches += [BlockPatch(index, 0, "") for index in superfluous]
    return patches
