"""Find out whether a person mentioned a page, by its address in the texts that they wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from yarl import URL

from chatapp.fetching import FetchError
from chatapp.fetching.links import MAX_LINK_LENGTH, parse
from chatapp.tools.untrusted import plain_line

# A host with a dot, and everything up to a space, quotation mark or bracket that no address has.
# An address without a scheme does not begin inside a word, an email address or another address.
ADDRESS = re.compile(
    r"(?:(?<![a-z0-9+.-])https?://|(?<![\w@./\\:%#?&=~+-]))"
    r"(?=[^\W_][^\s/?#]{0,253}\.[^\W_])"
    # The last ranges are Chinese and Japanese punctuation, which follows without a space.
    r"[^\s<>\"“”„«»`|\\^{}\u3000-\u303f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65]+",
    re.IGNORECASE,
)
# Punctuation of the sentence or of Markdown after an address. It may also belong to the address.
TRAILING = ".,;:!?'\u2019)]*_~…"
MAX_TRAILING = 8  # characters

type Page = tuple[str, int | None, str, str]


def is_mentioned(address: str, texts: Iterable[str]) -> bool:
    """Return whether one of the texts has exactly this address.

    The scheme, a slash at the end and the part after a # make no difference, nor do spellings that
    lead to the same request. An invalid address counts as mentioned: it is never requested, so it
    reveals nothing.
    """
    try:
        wanted = _page(parse(address))
    except FetchError:
        return True
    return any(wanted == found for text in texts for found in _pages(text))


def display_address(address: str) -> str:
    """Return the whole address in one line, with a host that can't imitate another one."""
    try:
        url = parse(address)
    except FetchError:
        return plain_line(address)
    return plain_line(address if address.isascii() else str(url), MAX_LINK_LENGTH)


def _pages(text: str) -> Iterator[Page]:
    # Markdown joins the text and the address of a link by these two characters.
    for match in ADDRESS.finditer(text.replace("](", " ")):
        for written in _readings(match[0]):
            try:
                yield _page(parse(written))
            except FetchError:
                continue


def _readings(found: str) -> Iterator[str]:
    """Yield the address with all of its trailing punctuation, then with less and less of it."""
    address = found if re.match("https?://", found, re.IGNORECASE) else f"https://{found}"
    if len(address) > MAX_LINK_LENGTH + MAX_TRAILING:
        return
    yield address
    for _ in range(MAX_TRAILING):
        if not address.endswith(tuple(TRAILING)):
            return
        address = address[:-1]
        yield address


def _page(url: URL) -> Page:
    port = None if url.is_default_port() else url.port
    return url.raw_host or "", port, url.raw_path.removesuffix("/"), url.raw_query_string
