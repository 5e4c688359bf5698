"""Extract the text of one page in a process of its own: `python -m chatapp.tools.pages.worker`.

Reads a line of JSON and then the page from stdin, and writes JSON to stdout. It imports neither
Django nor the settings, inherits no secrets, and may be killed at any time, so a hostile page costs
nothing else. If a page takes over a parser in C, this only limits the damage, because the worker
runs as the same user as the app.
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

from .charset import decode

# Private memory. Among pages of 2 MB the largest measured took 176 MB, a page of 50 KB 27 MB.
MAX_DATA_BYTES = 192 * 1024 * 1024
MAX_SECONDS = 10  # of the processor
MAX_OPEN_FILES = 32
NICE = 5  # running replies come first
MAX_TITLE_CHARACTERS = 200

# Without comments and processing instructions. The text is UTF-8, whatever the page declares.
PARSER = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)


def main() -> None:
    lower_privileges()
    header, _, content = sys.stdin.buffer.read().partition(b"\n")
    json.dump(read(content, **json.loads(header)), sys.stdout)


def lower_privileges() -> None:
    """Lower this process's limits for good."""
    os.nice(NICE)
    for kind, limit in (
        (resource.RLIMIT_DATA, MAX_DATA_BYTES),
        (resource.RLIMIT_CPU, MAX_SECONDS),
        (resource.RLIMIT_NOFILE, MAX_OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def read(content: bytes, content_type: str, url: str, links: bool, most: int) -> dict[str, Any]:
    """Return the title, at most `most` characters of the main text as Markdown, and its length."""
    try:
        tree = document_fromstring(decode(content, content_type).encode(), parser=PARSER)
    except ParserError:  # an empty page
        return {"title": "", "text": "", "characters": 0}
    title = " ".join((tree.findtext(".//title") or "").split())[:MAX_TITLE_CHARACTERS]
    options = Extractor(output_format="markdown", comments=False, links=links, url=url)
    text = extract(tree, options=options) or ""
    return {"title": title, "text": text[:most], "characters": len(text)}


if __name__ == "__main__":
    main()
