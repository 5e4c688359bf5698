"""Limits for the HTML of a reply, and for the part that is rendered with every append.

Nearly all Markdown becomes less than 25 times as long; a reply beyond that was made to be large.
"""

MAX_HTML = 4_000_000  # characters of a reply's HTML, whatever its length
MAX_HTML_RATIO = 40  # characters of HTML for each character of text
MIN_HTML = 100_000  # characters of HTML that even a short reply may have

# Characters of an open block that are rendered with every append. Hostile text takes up to 12 ms,
# a list or a table 2 ms.
MAX_OPEN_BLOCK = 16_000


def max_html(text_length: int) -> int:
    """Return how many characters of HTML a text of `text_length` characters may become."""
    return min(MIN_HTML + MAX_HTML_RATIO * text_length, MAX_HTML)
