"""Compile templates without what only helps whoever reads their source.

A person reads templates indented, one element on each line. Sent like that, pages would be larger,
and some of it would show: a line break beside an inline element is a space. So white space that
holds a line break is dropped when a template is compiled. It becomes one space inside a tag,
between two lines of text, and between text and an element that follows or precedes it. In <pre>,
<textarea> and {% blocktranslate %} it stays as it is.

A text that nobody translates is written as it is, and in the templates of messages an included
template becomes part of the one that includes it: each tag costs a few microseconds whenever it is
rendered, and a page of 40 messages had 800 of them, a sixth of its time. Other templates are
rendered once for a page, and a second copy of what they include takes memory.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum, auto

from django.conf import settings
from django.template import TemplateDoesNotExist
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
TEXT = re.compile(
    r"""\{%\ translate\ (?P<quote>["'])(?P<text>(?:(?!(?P=quote)|\\).)*)(?P=quote)\ %\}"""
)
INCLUDE = re.compile(r'\{% include "(?P<name>[^"]+)" %\}')
RENDERED_OFTEN = "messages/"
ASSIGNMENT = re.compile(r"\ as\ \w+\ %\}")


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
        if not origin.name.endswith(".html"):
            return contents
        contents = without_layout(contents)
        if not settings.USE_I18N:
            contents = TEXT.sub(r"\g<text>", contents)
        if str(origin.template_name).startswith(RENDERED_OFTEN):
            contents = INCLUDE.sub(self._included, contents)
        return contents

    def _included(self, tag: re.Match[str]) -> str:
        """Return what stands in place of a tag that includes a template.

        A template that sets variables stays apart, so that they don't reach the one around it.
        """
        for origin in self.get_template_sources(tag["name"]):
            with suppress(TemplateDoesNotExist):
                contents = self.get_contents(origin)
                return tag[0] if ASSIGNMENT.search(contents) else contents
        return tag[0]


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
