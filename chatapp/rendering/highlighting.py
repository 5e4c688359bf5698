"""Highlight code with Pygments, in the render worker, with a time limit.

Some of Pygments' patterns take exponential time: 20 KB of C# with one word per line weren't done
after 40 s.
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

# Longer code stays plain, because highlighting makes the HTML ten times as long.
MAX_CHARACTERS = 100_000
MAX_SECONDS = 0.5  # of the processor, for one block; usual code takes 1 ms per KB
MAX_REPLY_SECONDS = 0.8  # of the processor, for all blocks of one reply
# A reply is rendered again when it has ended, with the same code.
MAX_CACHED_BLOCKS = 32

_formatter = HtmlFormatter(nowrap=True)


class OutOfTime(Exception):
    pass


@lru_cache(MAX_CACHED_BLOCKS)
def highlight(language: str, code: str) -> str:
    """Return the inner HTML of highlighted code; plain code without a lexer or out of time."""
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
    # The formatter adds a line end also to the last line of a fence that was never closed.
    return html if code.endswith("\n") else html.removesuffix("\n")


class TimedHighlighter:
    """Highlight the blocks of one reply in their order, until the time is used up."""

    def __init__(self) -> None:
        self._left = MAX_REPLY_SECONDS

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
    """Raise OutOfTime after `seconds` of the processor.

    Works in a main thread only. Python's regular expressions check for signals while they search.
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
