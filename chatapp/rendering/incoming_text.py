"""Normalise a reply's text: line ends, characters that can't be shown, a terminal's colours."""

import re

_UNUSUAL = re.compile("[\x00-\x08\x0e-\x1f\x7f\r\ufeff\ud800-\udfff]")
_INVISIBLE = re.compile("[\x01-\x08\x0e-\x1f\x7f\ufeff]")
_UNKNOWN = re.compile("[\0\ud800-\udfff]")
# ECMA-48: colours and cursor movements, then titles and links, then everything else.
_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,300}(?:\x07|\x1b\\)|[@-Z\\^_])"
)
_UNFINISHED = re.compile(r"\x1b(?:\[[0-?]{0,40}[ -/]{0,4}|\][^\x07\x1b\n]{0,300}\x1b?)?\Z")


def normalise(text: str) -> str:
    """Make line endings `\\n`, and drop or replace what cannot be encoded or shown.

    A byte order mark inside a text is dropped: the engine drops it only at the very beginning,
    and a block must not look different when it is rendered by itself.
    """
    if _UNUSUAL.search(text):
        text = _with_known_characters(_without_sequences(text))
    return text


class IncomingText:
    """Normalise a text that arrives in pieces; the result doesn't depend on the pieces."""

    def __init__(self) -> None:
        self._held = ""  # the beginning of a control sequence
        self._ends_with_return = False

    def add(self, piece: str) -> str:
        """Return the normalised text that this piece adds."""
        text = self._held + piece
        unfinished = _UNFINISHED.search(text) if "\x1b" in text else None
        self._held = unfinished[0] if unfinished else ""
        text = _without_sequences(text[: len(text) - len(self._held)])
        continues = self._ends_with_return and text.startswith("\n")
        if text:
            self._ends_with_return = text.endswith("\r")
        return normalise(text[1:] if continues else text)


def _without_sequences(text: str) -> str:
    if "\x1b" in text:
        text = _UNFINISHED.sub("", _SEQUENCE.sub("", text))
    return text


def _with_known_characters(text: str) -> str:
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _UNKNOWN.sub("\ufffd", text)
