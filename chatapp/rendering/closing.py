"""Markdown that may stand before other Markdown: what it leaves open doesn't swallow the rest."""

import re

import comrak

# A heading behind the text shows whether anything is open.
_BEHIND = "\n\n# behind\n"
_SHOWN = "<h1>behind</h1>\n"
_MAY_BE_OPEN = re.compile(r"`{3}|~{3}|<[!?]|<(?:pre|script|style|textarea)\b", re.IGNORECASE)
_RUNS = re.compile(r"`{3,}|~{3,}")
_TAGS = re.compile(r"<(pre|script|style|textarea)\b", re.IGNORECASE)
_ENDS_OF_HTML = (">", "-->", "?>", "]]>")


def close_blocks(text: str) -> str:
    """Return Markdown with an end for a code fence or an HTML block that it leaves open."""
    if not _MAY_BE_OPEN.search(text) or _is_closed(text):
        return text
    # A run that is as long as the longest one ends any fence of its kind.
    longest = {run[0]: run for run in sorted(_RUNS.findall(text), key=len)}
    tags = dict.fromkeys(tag.lower() for tag in _TAGS.findall(text)[::-1])
    for end in (*longest.values(), *_ENDS_OF_HTML, *(f"</{tag}>" for tag in tags)):
        closed = f"{text}\n{end}"
        if _is_closed(closed):
            return closed
    return text


def _is_closed(text: str) -> bool:
    return str(comrak.render_markdown(text + _BEHIND)).endswith(_SHOWN)
