"""How much HTML a reply may become, and how much of it is rendered again with every append.

Nearly all markdown becomes less than 25 times its length; what goes beyond was made to be large.
"""

MAX_HTML = 4_000_000  # characters of a reply's HTML, whatever its length
MAX_HTML_RATIO = 40  # characters of HTML for each character of text
MIN_HTML = 100_000  # characters that a short reply may have all the same

# Characters of an open block that are rendered with every append. Of hostile text that takes up
# to 12 ms, of a list or a table 2 ms.
MAX_OPEN_BLOCK = 16_000


def max_html(text_length: int) -> int:
    """Return how many characters of HTML a text of so many characters may become."""
    return min(MIN_HTML + MAX_HTML_RATIO * text_length, MAX_HTML)
