"""Blocks of a live document that were shown as plain text, until the render worker renders them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlainCode:
    """Hold a code fence that is shown without highlighting."""

    index: int
    language: str
    code: str


@dataclass(frozen=True, slots=True)
class PlainMarkdown:
    """Hold the source of a block that became too large to be rendered while it streamed."""

    index: int
    source: str


type PlainBlock = PlainCode | PlainMarkdown
