"""Code blocks: the bar with language, Wrap and Copy, and highlighting by Pygments."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from django.utils.translation import gettext
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound

from chatapp.rendering.sanitizer import sanitize_highlighted

# Longer code stays plain: highlighting costs about 1 ms per KB and makes tenfold HTML.
MAX_HIGHLIGHTED = 100_000

CLOSING = "</code></pre></div>"

_LANGUAGE = re.compile(r"[a-z0-9+#._-]{1,32}", re.IGNORECASE)
_CODE_CLASS = re.compile(r'<code class="language-([^"]*)"')
_PLAIN_BLOCK = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)
_formatter = HtmlFormatter(nowrap=True)


@dataclass(frozen=True, slots=True)
class Fence:
    """A finished code fence of a live document: where it stands and what it holds."""

    index: int
    language: str
    code: str


def language_name(info: str) -> str:
    """The language of a fence as it may stand in the page: "" or at most 32 safe characters."""
    found = _LANGUAGE.match(unescape(info))
    return found[0].lower() if found else ""


def opening(language: str) -> str:
    """The code block's HTML up to the first character of code; `CLOSING` ends it."""
    code = f'<code class="language-{language}">' if language else "<code>"
    wrap, copy = escape(gettext("Wrap")), escape(gettext("Copy"))
    return (
        f'<div class="code-block"><div class="code-bar"><span class="code-language">{language}'
        '</span><button type="button" class="code-action" data-code-action="wrap"'
        f' aria-pressed="false">{wrap}</button><button type="button" class="code-action"'
        f' data-code-action="copy">{copy}</button></div><pre tabindex="0">{code}'
    )


def plain(code: str) -> str:
    """Code as escaped HTML. Quotes stay: they are harmless in text and cost bytes."""
    return escape(code, quote=False)


def can_highlight(language: str, code: str) -> bool:
    """Whether `highlight` would show more than the plain code."""
    return len(code) <= MAX_HIGHLIGHTED and not code.isspace() and _lexer(language) is not None


def highlight(fence: Fence) -> str:
    """Inner HTML of the highlighted block. Pure, but slow: call it outside the event loop."""
    return opening(fence.language) + _highlighted(fence.language, fence.code) + CLOSING


def limit_languages(html: str) -> str:
    """Reduce the class of every code block in the engine's raw HTML to a safe name."""
    return _CODE_CLASS.sub(lambda code: f'<code class="language-{language_name(code[1])}"', html)


def add_code_bars(html: str, *, highlighted: bool) -> str:
    """Give every code block in sanitised HTML its bar, and its colours if asked for."""
    body: Callable[[str, str], str] = _highlighted if highlighted else _plain
    return _PLAIN_BLOCK.sub(
        lambda pre: opening(pre[1] or "") + body(pre[1] or "", unescape(pre[2])) + CLOSING, html
    )


def _plain(_language: str, code: str) -> str:
    return plain(code)


def _highlighted(language: str, code: str) -> str:
    lexer_class = _lexer(language)
    if lexer_class is None or not can_highlight(language, code):
        return plain(code)
    lexer = lexer_class(stripnl=False, ensurenl=False)
    html = sanitize_highlighted(pygments_highlight(code, lexer, _formatter))
    # The formatter ends every line, also the last one of a fence that was never closed.
    return html if code.endswith("\n") else html.removesuffix("\n")


@lru_cache(maxsize=256)
def _lexer(language: str) -> type[Lexer] | None:
    if not language:
        return None
    try:
        lexer_class: type[Lexer] = find_lexer_class_by_name(language)
    except ClassNotFound:
        return None
    return lexer_class
