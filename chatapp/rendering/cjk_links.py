"""End a bare address where Chinese, Japanese or Korean text continues without a space."""

import re
from collections.abc import Iterator
from html import escape, unescape
from urllib.parse import quote

# Punctuation that is in no address. Letters may be: https://zh.wikipedia.org/wiki/数学
_STOPS = "。，、；：！？（）【】《》「」『』〈〉〔〕“”‘’…～・"
_AUTOLINK = re.compile(r'<a href="([^"]*)">((?:https?://|www\.)[^<]*)</a>')
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
# A host name in another script begins with it, so letters behind a whole name are text.
_HOST = re.compile(r"(?:https?://)?(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::\d+)?(?=[^\x00-\x7f])")
_TRAILING = re.compile(r"[.,;:!?'\"*_~]+$")
_SAFE = "/:?#[]@!$&'()*+,;=%~"


def end_links(raw: str, other_stop: str) -> str:
    """Shorten the links that the engine made of bare addresses, in its HTML of a block."""
    if "<a " not in raw or not _NOT_ASCII.search(raw):
        return raw
    address = re.compile(rf"(?:https?://|www\.)[^\s{_STOPS}{other_stop}]+")

    def shorten(link: re.Match[str]) -> str:
        text = unescape(link[2])
        if _length(address, text) == len(text) or not _is_bare(link):
            return link[0]
        return "".join(_linked(address, text))

    return _AUTOLINK.sub(shorten, raw)


def _is_bare(link: re.Match[str]) -> bool:
    """Return whether the address and the text of a link are the same."""
    return unescape(link[1]).endswith(quote(unescape(link[2]), safe=_SAFE))


def _length(address: re.Pattern[str], text: str) -> int:
    """Return the length of the address at the beginning of a text."""
    found = _HOST.match(text) or address.match(text)
    if found is None:
        return 0
    shown = found[0]
    if found.end() < len(text):
        while shown.endswith(")") and shown.count(")") > shown.count("("):
            shown = shown[:-1]
        shown = _TRAILING.sub("", shown)
    return len(shown)


def _linked(address: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield the HTML of a text that begins with an address and may have more of them."""
    position = 0
    for found in address.finditer(text):
        if found.start() < position:
            continue
        end = found.start() + _length(address, text[found.start() : found.end() + 1])
        yield escape(text[position : found.start()], quote=False)
        yield _link(text[found.start() : end])
        position = end
    yield escape(text[position:], quote=False)


def _link(text: str) -> str:
    target = text if text.startswith("http") else f"http://{text}"
    return f'<a href="{escape(quote(target, safe=_SAFE))}">{escape(text, quote=False)}</a>'
