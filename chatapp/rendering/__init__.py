"""Render a model's Markdown as safe HTML blocks, whole or while it streams."""

from chatapp.rendering.closing import close_blocks
from chatapp.rendering.live_document import LiveDocument
from chatapp.rendering.patches import BlockPatch
from chatapp.rendering.plain_blocks import PlainBlock, PlainCode, PlainMarkdown
from chatapp.rendering.renderer import (
    arender_block,
    arender_document,
    render_block,
    render_document,
)
from chatapp.rendering.text_parts import cut, slot

# The HTML of finished replies is stored. Raise this number to have it rendered again.
VERSION = 4

__all__ = [
    "VERSION",
    "BlockPatch",
    "LiveDocument",
    "PlainBlock",
    "PlainCode",
    "PlainMarkdown",
    "arender_block",
    "arender_document",
    "close_blocks",
    "cut",
    "render_block",
    "render_document",
    "slot",
]
