"""Make text from outside valid Unicode, by one rule.

Python and JSON can contain text that databases, sockets and pages refuse: halves of surrogate
pairs, and NUL, which Postgres refuses. A high and a low half side by side become their character,
any other half becomes U+FFFD, and NUL is dropped. Everything else is valid and stays, including
combining marks, noncharacters and direction controls. The result is never longer than the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LINE_ENDS = (b"\n", b"\r")
HALF = r"\ufffd"  # replaces half a pair in JSON source

# One escape sequence of a JSON string. Whole pairs and escaped backslashes are matched, too, so
# that no part of them looks like half a pair; they stay as they are.
ESCAPE = re.compile(
    r"\\(?:(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|(?P<nul>u0000)|.)",
    re.DOTALL,
)
SUSPECT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")


def make_valid(text: str) -> str:
    """Return the text as valid Unicode. Cheap for valid text, since it runs for every delta."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    # Looking for one character is ten times as fast as replacing none.
    return text.replace("\0", "") if "\0" in text else text


def make_valid_json(value: Any) -> Any:
    """Return a JSON value with every text in it valid, keys included."""
    match value:
        case str():
            return make_valid(value)
        case Mapping():
            return {make_valid_json(key): make_valid_json(item) for key, item in value.items()}
        case list() | tuple():
            return [make_valid_json(item) for item in value]
    return value


def make_valid_source(source: str) -> str:
    r"""Return JSON source that parses to valid text: half a pair may be written as `\ud83d`.

    Everything else stays character for character, even if the text isn't JSON.
    """
    source = make_valid(source)
    return ESCAPE.sub(_valid_escape, source) if SUSPECT.search(source) else source


def _valid_escape(match: re.Match[str]) -> str:
    if match["half"]:
        return HALF
    return "" if match["nul"] else match[0]


class TextJoiner:
    """Join the halves of a character that arrive in two pieces of text.

    JSON may escape an emoji as two surrogates, and a stream may put them into two events.
    """

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """Return the text that is complete, "" when only half a character has arrived."""
        if not text or (text.isascii() and not self._half):
            return make_valid(text)
        text = self._half + text
        self._half = text[-1] if "\ud800" <= text[-1] <= "\udbff" else ""
        return make_valid(text[:-1] if self._half else text)

    def flush(self) -> str:
        """Return U+FFFD for a half whose other half never arrived, else ""."""
        half, self._half = self._half, ""
        return make_valid(half)


class SourceStream:
    """Make streamed JSON, or events with JSON in them, parse to valid text.

    Lines are returned only when they are complete: JSON strings have no line ends in them, so no
    escape sequence is split. Bytes that aren't UTF-8 become U+FFFD. NUL stays, because parsers
    accept it: the reader of the values drops it, or refuses a name that has it.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> bytes:
        end = max(map(data.rfind, LINE_ENDS)) + 1
        if not end:
            self._pieces.append(data)
            return b""
        lines = b"".join([*self._pieces, data[:end]])
        self._pieces = [data[end:]]
        return _valid_bytes(lines)

    def flush(self) -> bytes:
        rest, self._pieces = b"".join(self._pieces), []
        return _valid_bytes(rest)


def _valid_bytes(source: bytes) -> bytes:
    text = source.decode("utf-8", "replace")
    if SUSPECT.search(text):
        text = ESCAPE.sub(lambda match: HALF if match["half"] else match[0], text)
    return text.encode()
