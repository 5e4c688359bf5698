"""Support the few HTML tags that Markdown has no notation for: br, kbd, sub and sup.

Only tags without attributes count, and all but br only in pairs on one line. Everything else that
looks like HTML stays text, and so does a tag in code.
"""

import re

_NAMES = "kbd|sub|sup"
_BREAK = re.compile(r"(?<!\\)<(?=br ?/?>)", re.IGNORECASE)
_PAIR = re.compile(rf"(?<!\\)<(({_NAMES})>[^<\n`|]{{1,200}})<(?=/\2>)", re.IGNORECASE)
_MAX_DEPTH = 2  # of a pair inside another: x<sup>a<sub>1</sub></sup>
# In code, formulas and attributes the characters are put back.
_VERBATIM = re.compile(
    r"<code[^>]*>.*?</code>|<span data-math-style[^>]*>.*?</span>|<[^>]*>", re.DOTALL
)


def hide(text: str, stand_in: str) -> str:
    """Replace the `<` of each supported tag."""
    text = _BREAK.sub(stand_in, text)
    for _level in range(_MAX_DEPTH):
        text, count = _PAIR.subn(rf"{stand_in}\1{stand_in}", text)
        if not count:
            break
    return text


def restore(raw: str, stand_in: str) -> str:
    """Write the tags into the engine's HTML of a block, or put the characters back."""
    if not raw.startswith("<"):  # raw HTML is shown as it was written
        return raw.replace(stand_in, "&lt;")
    source = re.compile(rf"{stand_in}(?:(br) ?/?|(/?(?:{_NAMES})))&gt;", re.IGNORECASE)
    parts: list[str] = []
    position = 0
    for verbatim in _VERBATIM.finditer(raw):
        parts.append(source.sub(_tag, raw[position : verbatim.start()]))
        parts.append(verbatim[0].replace(stand_in, "&lt;"))
        position = verbatim.end()
    parts.append(source.sub(_tag, raw[position:]))
    # A break at the end of a line is one break.
    return "".join(parts).replace("<br /><br />\n", "<br />\n").replace(stand_in, "&lt;")


def _tag(source: re.Match[str]) -> str:
    return "<br />" if source[1] else f"<{source[2].lower()}>"
