"""Make one short line of what a model answers when it is asked for a title."""

import re
import textwrap

MAX_TITLE = 80  # characters

_QUOTES = [
    *(
        ('"', '"'),
        ("'", "'"),
        ("“", "”"),
        ("”", "”"),
        ("„", "“"),
        ("„", "”"),
        ("‚", "‘"),
        ("‘", "’"),
    ),
    *(("«", "»"), ("»", "«"), ("‹", "›"), ("「", "」"), ("『", "』"), ("《", "》"), ("〈", "〉")),
    *(("【", "】"), ("＂", "＂"), ("`", "`"), ("__", "__"), ("*", "*"), ("_", "_")),
]
_LABEL = re.compile(
    r"(?:title|titel|titre|título|titolo|title suggestion|conversation title|chat title"
    r"|название|заголовок|标题|標題|题目|タイトル|件名|題名|제목|العنوان|عنوان|כותרת|शीर्षक|ชื่อเรื่อง)"
    r"\s*[:：]\s*",
    re.IGNORECASE,
)
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_HEADING = re.compile(r"(?:#{1,6}|>|[-*+])\s+")
# A full stop; not that of an ellipsis or of an abbreviation (U.S.).
_FULL_STOP = re.compile(r"(?<![.。])(?<!\b\w\.\w)[.。]$")


def clean_title(answer: str) -> str:
    """Return a title without the quotes, labels and Markdown around it, "" if nothing is left.

    What is inside the title stays as it is: `C#`, a name in quotes, snake_case.
    """
    line = _BOLD.sub(r"\1", answer.strip().partition("\n")[0].strip())
    before = None
    while line != before:
        before = line
        line = _HEADING.sub("", line, count=1) if _HEADING.match(line) else line
        line = _LABEL.sub("", line, count=1) if _LABEL.match(line) else line
        line = _FULL_STOP.sub("", _without_quotes(line)).strip()
    return _shortened(line) if any(map(str.isalnum, line)) else ""


def _without_quotes(line: str) -> str:
    for opening, closing in _QUOTES:
        inside = line[len(opening) : -len(closing)]
        is_around = line.startswith(opening) and line.endswith(closing) and inside.strip()
        # “One” and “two” are two quotations.
        if is_around and opening not in inside and closing not in inside:
            return inside.strip()
    return line


def _shortened(line: str) -> str:
    """Cut a long line at a blank, or anywhere if it has none."""
    line = " ".join(line.split())
    if len(line) <= MAX_TITLE:
        return line
    short = textwrap.shorten(line, MAX_TITLE, placeholder="…")
    return short if len(short) > MAX_TITLE // 2 else line[: MAX_TITLE - 1] + "…"
