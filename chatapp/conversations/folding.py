"""Cut a long message into its first lines and the rest, which a page shows on request.

The browser lays out only those pieces that are near the view, so that a million characters don't
hold it up. `static/js/lib/folding.js` does the same with a message that is on its way.
"""

SHOWN_LINES = 20
FOLDED_FROM = 26  # lines; a fold that hides less than a few isn't worth its button
LINE_WIDTH = 70  # characters on a line of the page
PIECE_LENGTH = 6_000  # characters


def pieces_of(text: str) -> list[str]:
    """Return the text in pieces, the first of which is always shown. A short text is one piece."""
    end = _end_of_lines(text, FOLDED_FROM)
    if end == len(text):
        return [text]
    starts = [0, _end_of_lines(text, SHOWN_LINES)]
    while len(text) - starts[-1] > PIECE_LENGTH:
        starts.append(_end_of_piece(text, starts[-1], starts[-1] + PIECE_LENGTH))
    return [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]


def _end_of_lines(text: str, lines: int) -> int:
    """Return where the first lines end, as the page breaks them."""
    start = 0
    while lines > 0 and start < len(text):
        line_break = text.find("\n", start)
        end = len(text) if line_break < 0 else line_break + 1
        room = lines * LINE_WIDTH
        if end - start > room:
            return _end_of_piece(text, start, start + room)
        lines -= max(1, -(-(end - start) // LINE_WIDTH))
        start = end
    return start


def _end_of_piece(text: str, start: int, end: int) -> int:
    """Return the end of the last line, or else of the last word, between the two."""
    return (text.rfind("\n", start, end) + 1) or (text.rfind(" ", start, end) + 1) or end
