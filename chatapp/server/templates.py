"""Templates without the white space that only lays out their source.

A person reads templates indented, one element on each line. Sent like that, pages would be larger,
and some of it would show: a line break beside an inline element is a space. So white space that
holds a line break is dropped when a template is compiled. It becomes one space inside a tag,
between two lines of text, and between text and an element that follows or precedes it. In <pre>,
<textarea> and {% blocktranslate %} it stays as it is.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto

from django.template.base import Origin
from django.template.loaders import filesystem

COMMENT = re.compile(r"\{#.*?#\}|\{% comment\b.*?%\}.*?\{% endcomment %\}", re.DOTALL)
TEMPLATE_TAG = r"\{%.*?%\}|\{\{.*?\}\}"
PIECE = re.compile(
    rf"""
    (?P<layout> \s*\n\s* )
  | (?P<word> \{{%\ blocktranslate\ .*?\{{%\ endblocktranslate\ %\}}
      | \{{%\ (?:translate|firstof|now)\ (?![^%]*\ as\ ).*?%\}}
      | \{{\{{.*?\}}\}} )
  | (?P<block> \{{%.*?%\}} )
  | (?P<closing> </.*?> | <!.*?> )
  | (?P<opening> <(?P<name>[a-z][\w-]*) (?: {TEMPLATE_TAG} | "[^"]*" | [^>"] )*+ > )
  | (?P<text> (?: (?! \s*\n | \{{[%{{] | </?[a-z!] ). )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
LAYOUT = re.compile(r"\s*\n\s*")
LAYOUT_AT_END = re.compile(r"\s*\n\s*(?=/?>\Z)")
VERBATIM = ("pre", "textarea")


class Kind(Enum):
    WORD = auto()
    OPENING = auto()
    CLOSING = auto()
    BLOCK = auto()  # of the template; its beginning and end count as blocks
    LAYOUT = auto()


KINDS = {
    "layout": Kind.LAYOUT,
    "word": Kind.WORD,
    "text": Kind.WORD,
    "block": Kind.BLOCK,
    "opening": Kind.OPENING,
    "closing": Kind.CLOSING,
}
# What layout stands between where it is a space.
SPACED = {(Kind.WORD, Kind.WORD), (Kind.WORD, Kind.OPENING), (Kind.CLOSING, Kind.WORD)}

type Piece = tuple[Kind, str]


class Loader(filesystem.Loader):
    """Loads our own templates; those of packages come as they are."""

    def get_contents(self, origin: Origin) -> str:
        contents: str = super().get_contents(origin)
        return without_layout(contents) if origin.name.endswith(".html") else contents


def without_layout(source: str) -> str:
    """Return the source of an HTML template without the white space that lays it out."""
    edge = (Kind.BLOCK, "")
    pieces = [edge, *_pieces(COMMENT.sub("", source)), edge]
    kept = []
    for (before, _), (kind, text), (after, _) in zip(pieces, pieces[1:], pieces[2:], strict=False):
        if kind is Kind.LAYOUT:
            text = " " if (before, after) in SPACED else ""
        kept.append(text)
    return "".join(kept)


def _pieces(source: str) -> Iterator[Piece]:
    position = 0
    while found := PIECE.match(source, position):
        kind, text, position = KINDS[str(found.lastgroup)], found[0], found.end()
        if kind is Kind.OPENING:
            text = LAYOUT.sub(" ", LAYOUT_AT_END.sub("", text))
        yield kind, text
        if found["name"] in VERBATIM:
            end = source.index(f"</{found['name']}>", position)
            yield Kind.BLOCK, source[position:end]
            position = end
    if position < len(source):
        raise ValueError(f"A template has a tag that doesn't end: {source[position:][:60]}")
