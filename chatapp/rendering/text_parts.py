"""A reply's text in parts: between two of them the page shows what the model did meanwhile.

Each part is Markdown of its own, so no block continues in the next one.
"""

from collections.abc import Sequence

from chatapp.rendering.incoming_text import normalise

_BOUNDARY = "\0"  # normalised text has none


def cut(text: str, ends: Sequence[int]) -> list[str]:
    """Return the parts of a text, of which all but the last end after so many characters of it."""
    starts = [0, *ends]
    return [text[start:end] for start, end in zip(starts, [*ends, len(text)], strict=True)]


def join(parts: Sequence[str]) -> str:
    """Return normalised parts as one text, for `split`."""
    return _BOUNDARY.join(map(normalise, parts))


def split(source: str) -> list[str]:
    return source.split(_BOUNDARY)


def slot(number: int) -> str:
    """Return the empty place before part `number`. No text of a reply becomes such an element."""
    return f'<div class="activity" data-slot="activity-{number}"></div>'


def part_prefix(prefix: str, number: int) -> str:
    """Return what makes the ids of footnotes unique: each part numbers its own."""
    return f"{prefix}-{number}" if number else prefix
