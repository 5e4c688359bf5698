"""The stylesheet of exported pages: the chat's own rules for messages, from the same files."""

import base64
import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from chatapp.server.static_files import IMPORT, join_stylesheets

ENTRY = "css/exported.css"
FONT = "fonts/reply-math.woff2"
FONT_NAME = "reply-math.woff2"  # beside the stylesheet of an archive
_FACE = re.compile(r"@font-face \{[^}]*\}\n")
_FONT_URL = re.compile(r'url\("[^"]*reply-math\.woff2"\)')


@cache
def stylesheet() -> str:
    """Return the rules for a page that has everything inside, without the font of formulas."""
    return _FACE.sub("", _joined())


@cache
def linked_stylesheet() -> str:
    """Return the rules for pages that share a stylesheet and a font."""
    return _FONT_URL.sub(f'url("{FONT_NAME}")', _joined())


@cache
def math_face() -> str:
    """Return the rule with the font of formulas inside."""
    found = _FACE.search(_joined())
    assert found
    data = base64.b64encode(math_font()).decode()
    return _FONT_URL.sub(f'url("data:font/woff2;base64,{data}")', found[0])


def math_font() -> bytes:
    return (_folder() / FONT).read_bytes()


def source_hash(text: str) -> str:
    """Return the text of a style element as a Content-Security-Policy names it."""
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _joined() -> str:
    own = (Path(__file__).parent / "exported.css").read_text(encoding="utf-8")
    texts = {ENTRY: own}
    for name in IMPORT.findall(own):
        texts[f"css/{name}"] = (_folder() / "css" / name).read_text(encoding="utf-8")
    return join_stylesheets(texts, ENTRY)[0]


def _folder() -> Path:
    return Path(settings.STATICFILES_DIRS[0])
