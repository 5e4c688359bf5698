"""Markdown of a model's reply to safe HTML blocks, whole or while it is being written."""

from chatapp.rendering.live import LiveDocument
from chatapp.rendering.patches import BlockPatch
from chatapp.rendering.pieces import Fence, Large, Piece
from chatapp.rendering.renderer import (
    render_document,
    render_piece,
    rendered_document,
    rendered_piece,
)

# Raise it when finished replies have to be rendered anew: their HTML is stored.
VERSION = 2

__all__ = [
    "VERSION",
    "BlockPatch",
    "Fence",
    "Large",
    "LiveDocument",
    "Piece",
    "render_document",
    "render_piece",
    "rendered_document",
    "rendered_piece",
]
