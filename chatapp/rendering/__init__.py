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

# The HTML of finished replies is stored. Raise this number to have it rendered again.
VERSION = 3

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
    "render_block",
    "render_document",
]
