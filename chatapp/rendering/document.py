"""Render a whole reply, within limits."""

from collections.abc import Iterable

from chatapp.rendering import text_parts
from chatapp.rendering.blocks import finish_block
from chatapp.rendering.code import Highlighter, no_highlighting, plain
from chatapp.rendering.incoming_text import normalise
from chatapp.rendering.labels import labels
from chatapp.rendering.limits import max_html
from chatapp.rendering.markdown import render_blocks
from chatapp.rendering.outline import Outline


class TooLarge(Exception):
    """Report that the HTML would be far too long for its text."""


def finished_blocks(text: str, prefix: str, highlight: Highlighter = no_highlighting) -> list[str]:
    """Return the safe HTML of each top-level Markdown block, with slots between the parts.

    `text` is one part, or several as `text_parts.join` returns them. Footnotes are the last block
    of a part; `prefix` makes their ids unique in a page with many messages. Raises TooLarge.
    """
    blocks: list[str] = []
    outline = Outline()
    left = max_html(len(text))
    for number, part in enumerate(text_parts.split(text)):
        if number:
            blocks.append(text_parts.slot(number))
        ids = text_parts.part_prefix(prefix, number)
        for raw in render_blocks(normalise(part)):
            block = finish_block(raw, prefix=ids, highlight=highlight, outline=outline)
            left -= size_on_page(block)
            if left < 0:
                raise TooLarge
            blocks.append(block)
    return blocks


def source_document(text: str) -> str:
    """Return the text itself, below a sentence that explains why."""
    sentence = f'<p class="source-shown">{plain(labels().source_shown)}</p>'
    return join_blocks([sentence, f'<p class="source" dir="auto">{plain(normalise(text))}</p>'])


def size_on_page(block: str) -> int:
    return len(block) + len(join_blocks([""]))


def join_blocks(blocks: Iterable[str]) -> str:
    """Return the HTML of the blocks as the page has it."""
    return "".join(f'<div class="block">{block}</div>' for block in blocks)
