"""The process that takes a page apart: `python -m chatapp.tools.pages.worker`, one for each page.

Reads a line of JSON and then the page from stdin, writes JSON to stdout. It imports neither Django
nor the settings, inherits no secrets, and may be killed at any time: a page that was made to hurt
costs itself. Parsers in C read what strangers wrote; against one that was taken over this only
lowers the stakes, since it runs as the same user.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from typing import Any

from lxml.etree import ParserError
from lxml.html import HTMLParser, document_fromstring
from trafilatura import extract
from trafilatura.settings import Extractor

from .charset import decoded

# Private memory. Of pages of 2 MB the largest that was measured took 176 MB, one of 50 KB 27.
MAX_DATA_BYTES = 192 * 1024 * 1024
MAX_SECONDS = 10  # of the processor
MAX_OPEN_FILES = 32
NICE = 5  # a page may wait for the replies that run
TITLE_CHARACTERS = 200

# No comments and no instructions of documents; the text is UTF-8, whatever the page says of itself.
PARSER = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def main() -> None:
    lower_privileges()
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    json.dump(read(content, **json.loads(header)), sys.stdout)


def lower_privileges() -> None:
    """Lowers this process's limits for good."""
    os.nice(NICE)
    for kind, limit in (
        (resource.RLIMIT_DATA, MAX_DATA_BYTES),
        (resource.RLIMIT_CPU, MAX_SECONDS),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def read(content: bytes, content_type: str, url: str, links: bool, most: int) -> dict[str, Any]:
    """Title, at most `most` characters of the main text as markdown, and how many there are."""
    try:
        tree = document_fromstring(decoded(content, content_type).encode(), parser=PARSER)
    except ParserError:  # a page of nothing
        return {"title": "", "text": "", "characters": 0}
    title = " ".join((tree.findtext(".//title") or "").split())[:TITLE_CHARACTERS]
    options = Extractor(output_format="markdown", comments=False, links=links, url=url)
    text = extract(tree, options=options) or ""
    return {"title": title, "text": text[:most], "characters": len(text)}


if __name__ == "__main__":
    main()
