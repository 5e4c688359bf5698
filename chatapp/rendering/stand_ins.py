"""Hide characters of a reply's source from the engine, and put them back into its HTML.

Each is replaced by a character that the reply doesn't contain. The engine takes that for ordinary
text, in code or not, so no second parser has to know where code begins and ends.
"""

import re
from typing import NamedTuple
from urllib.parse import quote

from chatapp.rendering import inline_tags
from chatapp.rendering.dollars import literal_dollars

# Symbols of SignWriting. They aren't letters: emphasis beside them works as beside punctuation.
_POOL = [chr(code) for code in range(0x1D800, 0x1DA00)]
_USED = re.compile("[\U0001d800-\U0001d9ff]|%F0%9D%A[0-7]", re.IGNORECASE)
# The engine strikes out `10~20, 30~40` between single marks; models write two.
_SINGLE_TILDE = re.compile(r"(?<![~\\])~(?!~)")
_PRODUCT = re.compile(r"(?<=[0-9])\*(?=[0-9])")  # 2*3*4


class StandIns(NamedTuple):
    """Hold the characters that stand for others in one text."""

    dollar: str
    tilde: str
    asterisk: str
    less_than: str

    def hide(self, text: str) -> str:
        """Return the text as the engine should read it."""
        if "<" in text:
            text = inline_tags.hide(text, self.less_than)
        if "~" in text:
            text = _SINGLE_TILDE.sub(self.tilde, text)
        if "*" in text:
            text = _PRODUCT.sub(self.asterisk, text)
        if "$" in text:
            characters = list(text)
            for position in literal_dollars(text):
                characters[position] = self.dollar
            text = "".join(characters)
        return text

    def restore(self, raw: str) -> str:
        """Return the engine's HTML of a block with the characters back in place."""
        if "%F0%9D%A" in raw:
            for stand_in, source in zip(self, ("$", "~", "*", "%3C"), strict=True):
                raw = raw.replace(quote(stand_in), source)
        if self.less_than in raw:
            raw = inline_tags.restore(raw, self.less_than)
        for stand_in, source in zip(self, ("$", "~", "*"), strict=False):
            raw = raw.replace(stand_in, source)
        return raw


_USUAL = StandIns(*_POOL[:4])


def choose_stand_ins(text: str) -> StandIns | None:
    """Return characters that the text doesn't contain, None if it contains nearly all of them."""
    if not _USED.search(text):
        return _USUAL
    encoded = text.upper()
    free = [one for one in _POOL if one not in text and quote(one) not in encoded][:4]
    return StandIns(*free) if len(free) == 4 else None
