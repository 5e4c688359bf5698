"""Mark the code in a person's own message, which otherwise is shown as the plain text it is.

Fenced blocks and code between backticks get an element. Every character stays, the backticks too:
what is shown, and what a selection copies, is what was sent.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from html import escape  # the same as Django's, in a third of the time
from itertools import islice

from django.utils.safestring import SafeString, mark_safe

FENCE = re.compile(r"^ {0,3}(?P<ticks>`{3,})(?P<more>[^`\n]*)(?:\n|\Z)", re.MULTILINE)
# With any number of backticks, the time for a hostile line would grow with its square.
INLINE = re.compile(r"(?<!`)(?P<ticks>`{1,2})(?!`)[^\n]+?(?<!`)(?P=ticks)(?!`)")
MAX_RUNS = 2_000  # of code and of what is between; what comes after them stays plain
BLOCK, CODE, PLAIN = '<code class="fenced">', "<code>", ""

type Run = tuple[int, str]  # where it ends, and its opening tag


def html_of(pieces: Sequence[str]) -> list[SafeString]:
    """Return the pieces of a text as HTML. A block of code may span several."""
    text = "".join(pieces)
    runs = deque([*islice(_runs(text), MAX_RUNS), (len(text), PLAIN)])
    start, rendered = 0, []
    for piece in pieces:
        html, at, end = "", start, start + len(piece)
        while at < end:
            run_end, tag = runs[0]
            part = piece[at - start : run_end - start]
            html += f"{tag}{escape(part)}</code>" if tag else escape(part)
            at += len(part)
            if at == run_end:
                runs.popleft()
        rendered.append(mark_safe(html))  # noqa: S308  (escaped above)
        start = end
    return rendered


def _runs(text: str) -> Iterator[Run]:
    """Split a text into code and what is between; a fence that isn't closed reaches to the end."""
    at, opening = 0, None
    for fence in FENCE.finditer(text):
        if opening is None:
            yield from _inline_runs(text, at, fence.start())
            opening = fence
        elif len(fence["ticks"]) >= len(opening["ticks"]) and not fence["more"].strip():
            at, opening = fence.end(), None
            yield at, BLOCK
    if opening is None:
        yield from _inline_runs(text, at, len(text))
    else:
        yield len(text), BLOCK


def _inline_runs(text: str, at: int, end: int) -> Iterator[Run]:
    for code in INLINE.finditer(text, at, end):
        if code.start() > at:
            yield code.start(), PLAIN
        at = code.end()
        yield at, CODE
    if at < end:
        yield end, PLAIN
