"""Render a streaming reply: take text, and return the changes of the page's HTML."""

import re

from chatapp.rendering.blocks import finish_block
from chatapp.rendering.code import no_highlighting
from chatapp.rendering.document import join_blocks, size_on_page
from chatapp.rendering.growing_block import GrowingBlock
from chatapp.rendering.incoming_text import IncomingText
from chatapp.rendering.incomplete import presentable
from chatapp.rendering.large_block import LargeBlock, PlainRest, split_large
from chatapp.rendering.limits import MAX_OPEN_BLOCK, max_html
from chatapp.rendering.open_chunk import Chunk, live_blocks
from chatapp.rendering.open_fence import OpenFence
from chatapp.rendering.outline import Outline
from chatapp.rendering.patches import BlockPatch, difference
from chatapp.rendering.plain_blocks import PlainBlock, PlainCode, PlainMarkdown
from chatapp.rendering.text_parts import part_prefix, slot

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class LiveDocument:
    """Hold a streaming reply as a list of blocks, of which only the end still changes.

    The HTML depends on the text and its parts, not on how it was divided among appends. Links and
    footnotes that are defined after their use, and colours in code outside the top level, need
    the whole document once the reply is complete.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = self._part_prefix = prefix
        self._text: list[str] = []
        self._length = 0
        self.slots = 0  # between parts of the text
        self._incoming = IncomingText()
        self._finished: list[str] = []
        self._finished_size = self._replaced_size = self._seen = 0
        self._plain_blocks: list[PlainBlock] = []
        self._growing: GrowingBlock | None = None
        self._chunk = Chunk()
        self._outline = Outline()  # of the finished blocks
        self._open_source = ""
        self._open_raw: list[str] = []
        self._open: list[str] = []

    @property
    def text(self) -> str:
        """Return everything appended so far, unchanged."""
        return "".join(self._text)

    @property
    def length(self) -> int:
        """Return the number of characters of `text`."""
        return self._length

    @property
    def blocks(self) -> tuple[str, ...]:
        """Return the inner HTML of every block, as the patches so far produced it."""
        growing = [self._growing.html] if self._growing else []
        return (*self._finished, *growing, *self._open)

    @property
    def html(self) -> str:
        """Return the HTML of a page that has applied every patch."""
        return join_blocks(self.blocks)

    @property
    def open_block_size(self) -> int:
        """Return how many characters of source the next append has to render again."""
        return 0 if self._growing else self._chunk.size

    def append(self, text: str) -> tuple[BlockPatch, ...]:
        """Add text, and return the changes of the HTML in the order in which they apply."""
        self._text.append(text)
        self._length += len(text)
        return self._change(text)

    def add_slot(self) -> tuple[BlockPatch, ...]:
        """End the part of the text, whatever is open in it, and add an empty slot after it."""
        return self._change(None)

    def _change(self, text: str | None) -> tuple[BlockPatch, ...]:
        """Add text, or end its part."""
        first, before, growing = len(self._finished), self._open, self._growing
        if text is None:
            self._end_part()
        else:
            self._add_all(self._incoming.add(text))
        self._render_open()
        patches: list[BlockPatch] = []
        if growing:
            patches += growing.take_patches(first)
            first += 1
        if before or first < len(self._finished) or self._open:
            patches += _differences(first, before, self._finished[first:] + self._open)
        if self._growing and self._growing is not growing:
            patches += self._growing.take_patches(len(self._finished))
        return tuple(patches)

    def take_plain_blocks(self) -> list[PlainBlock]:
        """Return the plain blocks that ended since the last call; `render_block` renders them."""
        plain_blocks, self._plain_blocks = self._plain_blocks, []
        return plain_blocks

    def replace(self, index: int, html: str) -> tuple[BlockPatch, ...]:
        """Replace a finished block by its rendering.

        Changes nothing when the HTML would become too large. Raises IndexError when block `index`
        is not finished.
        """
        before = self._finished[index]
        grown = self._replaced_size + len(html) - len(before)
        if html == before or self._finished_size + grown > max_html(self._seen):
            return ()
        self._finished[index], self._replaced_size = html, grown
        return (difference(index, before, html),)

    def _end_part(self) -> None:
        self._incoming = IncomingText()
        match self._growing:
            case OpenFence() as fence:
                self._end_fence(fence)
            case LargeBlock() as large:
                self._end_large(large)
            case PlainRest() as rest:
                self._growing = None
                self._add_finished([rest.html])
        self._add_finished(self._safe_blocks(live_blocks(self._chunk.source), self._outline))
        self._chunk = Chunk()
        self.slots += 1
        self._part_prefix = part_prefix(self._prefix, self.slots)
        self._add_finished([slot(self.slots)])

    def _add_all(self, text: str) -> None:
        for fragment in _LINE.findall(text):
            self._add(fragment)

    def _add(self, fragment: str) -> None:
        self._seen += len(fragment)
        match self._growing:
            case PlainRest() as rest:
                rest.show(fragment)
            case OpenFence() as fence:
                if fence.add(fragment):
                    self._end_fence(fence)
            case LargeBlock() as large:
                if large.add(fragment):
                    self._end_large(large)
            case _:
                self._add_to_chunk(fragment)

    def _add_to_chunk(self, fragment: str) -> None:
        chunk = self._chunk
        self._finish_raw(chunk.add(fragment))
        if self._growing is None and (start := chunk.end_line()):
            self._finish_raw(chunk.finish())
            if self._growing is None:
                self._grow(OpenFence(start.marker, start.language))
        elif self._growing is None and chunk.is_decided and chunk.size > MAX_OPEN_BLOCK:
            head, tail = split_large(chunk.source)
            html = "".join(self._safe_blocks(live_blocks(head), self._outline))
            if len(html) > self._html_left:
                self._show_rest_plain()
            else:
                self._grow(LargeBlock(head, html, tail, has_list=chunk.has_list))

    def _grow(self, block: GrowingBlock) -> None:
        self._chunk, self._growing = Chunk(), block

    def _end_fence(self, fence: OpenFence) -> None:
        if fence.language:
            self._plain_blocks.append(PlainCode(len(self._finished), fence.language, fence.text))
        self._end_growing(fence)

    def _end_large(self, large: LargeBlock) -> None:
        self._plain_blocks.append(PlainMarkdown(len(self._finished), large.source))
        self._end_growing(large)
        self._seen -= len(large.held)  # `_add` counts it again
        self._add_all(large.held)

    def _end_growing(self, block: GrowingBlock) -> None:
        self._growing = None
        self._finish([block.html])

    def _finish_raw(self, raw_blocks: list[str]) -> None:
        self._finish(self._safe_blocks(raw_blocks, self._outline))

    def _finish(self, blocks: list[str]) -> None:
        self._add_finished(blocks)
        if self._growing is None and self._html_left < 0:
            self._show_rest_plain()

    def _add_finished(self, blocks: list[str]) -> None:
        self._finished += blocks
        self._finished_size += sum(map(size_on_page, blocks))

    @property
    def _html_left(self) -> int:
        return max_html(self._seen) - self._finished_size

    def _show_rest_plain(self) -> None:
        rest = PlainRest()
        rest.show(self._chunk.source)
        self._grow(rest)
        self._open, self._open_source, self._open_raw = [], "", []

    def _render_open(self) -> None:
        source = "" if self._growing else presentable(self._chunk.source)
        if source != self._open_source:
            raw_blocks = live_blocks(source)
            self._open = self._open_blocks(raw_blocks)
            self._open_source, self._open_raw = source, raw_blocks
            if sum(map(size_on_page, self._open)) > self._html_left:
                self._show_rest_plain()

    def _open_blocks(self, raw_blocks: list[str]) -> list[str]:
        # Blocks before the last one seldom change, so their HTML is reused. The level of a heading
        # depends on those before it.
        known = dict(zip(self._open_raw[:-1], self._open, strict=False))
        outline = self._outline.copy()
        return [
            ("<h" not in raw and known.get(raw)) or self._safe_blocks([raw], outline)[0]
            for raw in raw_blocks
        ]

    def _safe_blocks(self, raw_blocks: list[str], outline: Outline) -> list[str]:
        return [
            finish_block(raw, prefix=self._part_prefix, highlight=no_highlighting, outline=outline)
            for raw in raw_blocks
        ]


def _differences(first: int, old: list[str], new: list[str]) -> list[BlockPatch]:
    """Return the patches from old to new blocks; surplus old blocks are emptied, the last first."""
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
