"""A finished reply as HTML."""

from collections.abc import Iterable

from chatapp.rendering.blocks import finish_block
from chatapp.rendering.markdown import normalise, render_blocks


def render_document(text: str, *, prefix: str) -> str:
    """Complete, safe HTML of a reply: one `<div class="block">` per top-level markdown block.

    Footnotes are the last block; `prefix` makes their ids unique in a page with many messages.
    Colouring code dominates the time (about 1 ms per KB of code), so long replies belong in a
    thread. Never raises for any text; "" gives "".
    """
    raw_blocks = render_blocks(normalise(text))
    return join_blocks(finish_block(raw, prefix=prefix, highlighted=True) for raw in raw_blocks)


def join_blocks(blocks: Iterable[str]) -> str:
    """The blocks' inner HTML as the page holds it."""
    return "".join(f'<div class="block">{block}</div>' for block in blocks)
