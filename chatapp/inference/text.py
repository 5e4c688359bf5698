"""Text that can be stored, sent and shown: whole characters only."""

from __future__ import annotations


class WholeText:
    """Joins the halves of a character that a server cut in two, and drops what is no text.

    JSON may escape an emoji as two surrogates, and a stream may part them. A half by itself can be
    neither stored nor sent, and Postgres refuses NUL.
    """

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        """The text so far undelivered that is whole; "" when only half a character came."""
        if text.isascii() and not self._half:
            return text.replace("\x00", "")
        text = self._half + text
        self._half = text[-1] if "\ud800" <= text[-1] <= "\udbff" else ""
        return whole(text[:-1] if self._half else text)


def whole(text: str) -> str:
    """The text with pairs of surrogates joined, lone ones as U+FFFD, and without NUL."""
    text = text.replace("\x00", "")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
