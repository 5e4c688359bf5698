"""Whether a person has named a page: its address stands in something that they wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yarl import URL

from chatapp.fetching import FetchError
from chatapp.fetching.links import MAX_LINK_LENGTH, parse
from chatapp.tools.outside import plain_line

# A host with a dot and all up to the next space, quotation mark or bracket that no address holds.
# One without a scheme does not begin inside a word, an email address or another address.
ADDRESS = re.compile(
    r"(?:(?<![a-z0-9+.-])https?://|(?<![\w@./\\:%#?&=~+-]))"
    r"(?=[^\W_][^\s/?#]{0,253}\.[^\W_])"
    # The last ranges are Chinese and Japanese punctuation, which stands right behind an address.
    r"[^\s<>\"“”„«»`|\\^{}\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+",
    re.IGNORECASE,
)
# What a sentence or Markdown puts behind an address. Any of it may belong to the address, too.
BEHIND = ".,;:!?'\u2019)]*_~…"
MAX_BEHIND = 8  # characters

type Page = tuple[str, int | None, str, str]


def is_named(address: str, texts: Iterable[str]) -> bool:
    """Whether exactly this page stands in one of the texts.

    The scheme, a slash at the end and what is behind a # make no difference, nor does spelling that
    leads to the same request. An address that is never asked for counts as named: it tells nobody
    anything.
    """
    try:
        wanted = _page(parse(address))
    except FetchError:
        return True
    return any(wanted == found for text in texts for found in _pages(text))


def shown(address: str) -> str:
    """The whole address in one line. Its host is spelled so that none looks like another."""
    try:
        url = parse(address)
    except FetchError:
        return plain_line(address)
    return plain_line(address if address.isascii() else str(url), MAX_LINK_LENGTH)


def _pages(text: str) -> Iterator[Page]:
    # Between the two halves of a link in Markdown.
    for match in ADDRESS.finditer(text.replace("](", " ")):
        for written in _readings(match[0]):
            try:
                yield _page(parse(written))
            except FetchError:
                continue


def _readings(found: str) -> Iterator[str]:
    """With all that stands behind it, and without."""
    address = found if re.match("https?://", found, re.IGNORECASE) else f"https://{found}"
    if len(address) > MAX_LINK_LENGTH + MAX_BEHIND:
        return
    yield address
    for _ in range(MAX_BEHIND):
        if not address.endswith(tuple(BEHIND)):
            return
        address = address[:-1]
        yield address


def _page(url: URL) -> Page:
    port = None if url.is_default_port() else url.port
    return url.raw_host or "", port, url.raw_path.removesuffix("/"), url.raw_query_string
