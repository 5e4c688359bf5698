"""Colours in code, by Pygments: for the render worker, whose time is limited.

Some of its patterns take exponential time: 20 KB of C# with one word per line had no end in 40 s.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import FrameType

from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from chatapp.rendering.code import plain
from chatapp.rendering.sanitizer import sanitize_highlighted

# Longer code stays plain: colours make tenfold HTML.
MAX_CHARACTERS = 100_000
MAX_SECONDS = 0.5  # of the processor, for one block; usual code takes 1 ms per KB
MAX_SECONDS_TOGETHER = 0.8  # of the processor, for the blocks of one reply
# A reply is rendered once more when it has ended, with the same code.
REMEMBERED = 32  # blocks of code

_formatter = HtmlFormatter(nowrap=True)


class OutOfTime(Exception):
    pass


@lru_cache(REMEMBERED)
def highlight(language: str, code: str) -> str:
    """Return the inner HTML of coloured code, of plain code when there is no lexer or no time."""
    lexer_class = _lexer(language)
    if lexer_class is None or code.isspace() or len(code) > MAX_CHARACTERS:
        return plain(code)
    lexer = lexer_class(stripnl=False, ensurenl=False)
    try:
        with _at_most(MAX_SECONDS):
            html = pygments_highlight(code, lexer, _formatter)
    except OutOfTime:
        return plain(code)
    html = sanitize_highlighted(html)
    # The formatter ends every line, also the last one of a fence that was never closed.
    return html if code.endswith("\n") else html.removesuffix("\n")


class TimedHighlighter:
    """Colours the blocks of one reply, one after the other, as long as there is time."""

    def __init__(self) -> None:
        self._left = MAX_SECONDS_TOGETHER

    def __call__(self, language: str, code: str) -> str:
        if self._left <= 0:
            return plain(code)
        began = time.process_time()
        html = highlight(language, code)
        self._left -= time.process_time() - began
        return html


def _lexer(language: str) -> type[Lexer] | None:
    if not language:
        return None
    try:
        lexer_class: type[Lexer] = find_lexer_class_by_name(language)
    except ClassNotFound:
        return None
    return lexer_class


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise OutOfTime after so much time of the processor.

    For a main thread only. Python's regular expressions look for signals while they search.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
