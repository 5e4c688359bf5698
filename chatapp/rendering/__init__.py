"""Markdown of a model's reply to safe HTML blocks, whole or while it is being written."""

from chatapp.rendering.code import Fence, highlight
from chatapp.rendering.document import render_document
from chatapp.rendering.live import LiveDocument
from chatapp.rendering.patches import BlockPatch

# Raise it when finished replies have to be rendered anew: their HTML is stored.
VERSION = 1

__all__ = ["VERSION", "BlockPatch", "Fence", "LiveDocument", "highlight", "render_document"]
