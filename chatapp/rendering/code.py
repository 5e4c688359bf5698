"""Build code blocks: a bar with language, Wrap and Copy, and the code, plain or highlighted."""

import re
from collections.abc import Callable
from html import escape, unescape

from chatapp.rendering.labels import labels

CLOSING = "</code></pre></div>"

_LANGUAGE = re.compile(r"[a-z0-9+#._-]{1,32}", re.IGNORECASE)
_CODE_CLASS = re.compile(r'<code class="language-([^"]*)"')
_PLAIN_BLOCK = re.compile(r'<pre><code(?: class="language-([^"]*)")?>(.*?)</code></pre>', re.DOTALL)

# Takes a language and code, returns the inner HTML of the code element.
type Highlighter = Callable[[str, str], str]


def language_name(info: str) -> str:
    """Return the language of a fence as a safe name: "" or at most 32 characters."""
    found = _LANGUAGE.match(unescape(info))
    return found[0].lower() if found else ""


def opening(language: str) -> str:
    """Return a code block's HTML up to the first character of code; `CLOSING` ends it."""
    code = f'<code class="language-{language}">' if language else "<code>"
    wrap, copy = escape(labels().wrap), escape(labels().copy)
    return (
        f'<div class="code-block"><div class="code-bar"><span class="code-language">{language}'
        '</span><button type="button" class="code-action" data-code-action="wrap"'
        f' aria-pressed="false">{wrap}</button><button type="button" class="code-action"'
        f' data-code-action="copy">{copy}</button></div><pre tabindex="0">{code}'
    )


def plain(code: str) -> str:
    """Return code as escaped HTML. Quotes stay: they are harmless in text and cost bytes."""
    return escape(code, quote=False)


def no_highlighting(_language: str, code: str) -> str:
    """Highlight nothing."""
    return plain(code)


def limit_languages(html: str) -> str:
    """Reduce the class of every code block in the engine's raw HTML to a safe name."""
    return _CODE_CLASS.sub(lambda code: f'<code class="language-{language_name(code[1])}"', html)


def add_code_bars(html: str, highlight: Highlighter) -> str:
    """Add a bar and highlighting to every code block in sanitised HTML."""

    def with_bar(pre: re.Match[str]) -> str:
        return code_block(pre[1] or "", unescape(pre[2]), highlight)

    return _PLAIN_BLOCK.sub(with_bar, html)


def code_block(language: str, code: str, highlight: Highlighter) -> str:
    """Return the HTML of a code block with its bar."""
    return opening(language) + highlight(language, code) + CLOSING
