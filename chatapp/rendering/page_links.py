"""Link pages that a reply refers to ("p. 17") to the document that they are in.

This is the very last step, over HTML that is safe already. It isn't stored: the same reply is
exported and shared without its documents.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import accumulate
from typing import NamedTuple

# A tag of our own HTML, in which every attribute is in double quotes.
TAG = re.compile(r'(<(?:[^>"]++|"[^"]*+")*+>)')
TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)")
UNTOUCHED = {"a", "button", "code", "math", "pre"}
PAGE = re.compile(
    r"(?<![\w./-])(?:pp?\.|pages?|slides?)[ \u00a0\u202f]?(\d{1,5})(?:[-\u2013]\d{1,5})?(?![\w%])",
    re.IGNORECASE,
)
SOURCE_SHOWN = 'class="source-shown"'  # the reply is shown as its source
BEFORE, AFTER = 120, 80  # characters around a reference in which the document may be named


class Source(NamedTuple):
    """A document that a reply may refer to; `url` is that of its viewer."""

    name: str
    url: str
    pages: int  # how many it has


def refers_to_pages(html: str) -> bool:
    return PAGE.search(html) is not None


def link_pages(html: str, sources: Sequence[Source]) -> str:
    """Return the HTML with a link on each reference that means exactly one of the documents."""
    if not sources or SOURCE_SHOWN in html:
        return html
    pieces = TAG.split(html)  # texts are at even places, tags at odd ones
    text = "".join(pieces[::2])
    starts = list(accumulate(map(len, pieces[::2]), initial=0))
    places = _named_places(text, sources)
    depth = 0
    for index, piece in enumerate(pieces):
        if index % 2:
            depth += _depth(piece)
        elif depth == 0 and "<" not in piece:
            start = starts[index // 2]
            pieces[index] = PAGE.sub(
                lambda found, start=start: _link(found, start, sources, places), piece
            )
    return "".join(pieces)


def _depth(tag: str) -> int:
    """Return by how much a tag changes the number of open elements that stay untouched."""
    name = TAG_NAME.match(tag)
    if name is None or name[2] not in UNTOUCHED:
        return 0
    return -1 if name[1] else 1


def _named_places(text: str, sources: Sequence[Source]) -> list[tuple[int, int]]:
    """Return where the documents are named, ascending, and which one it is each time.

    One document needs no name. Of two names at one place, the longer one is meant; a name that two
    documents have names both.
    """
    if len(sources) == 1:
        return []
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for at, source in enumerate(sources):
        numbers[escape(source.name, quote=False)].append(at)
    longest_first = sorted(filter(None, numbers), key=len, reverse=True)
    names = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")
    return [(found.start(), at) for found in names.finditer(text) for at in numbers[found[0]]]


def _link(
    found: re.Match[str], start: int, sources: Sequence[Source], places: Sequence[tuple[int, int]]
) -> str:
    source = sources[0] if len(sources) == 1 else None
    if source is None:
        begin = bisect_right(places, (start + found.start() - BEFORE, -1))
        end = bisect_right(places, (start + found.end() + AFTER, -1))
        meant = {number for _place, number in places[begin:end]}
        source = sources[meant.pop()] if len(meant) == 1 else None
    if source is None or not 1 <= int(found[1]) <= source.pages:
        return found[0]
    number = int(found[1])
    # The viewer shows some pages at a time, beginning with this one.
    url = f"{escape(source.url)}?page={number}#page-{number}"
    return f'<a href="{url}" target="_blank" rel="noopener">{found[0]}</a>'
