"""Blocks of a live document that have ended, and that the render worker can show better."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fence:
    """A code fence, shown without colours so far: its block's index and what it holds."""

    index: int
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class Large:
    """A block that became too large to be rendered while it was written, and its source."""

    index: int
    source: str


type Piece = Fence | Large
