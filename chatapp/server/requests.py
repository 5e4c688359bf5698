"""What a request says of itself: the shape of the answer that it wants, and numbers."""

from django.http import HttpRequest

MAX_DIGITS = 9  # every integer column holds that many


def wants_json(request: HttpRequest) -> bool:
    """A script asks; a page without scripts gets pages and redirects."""
    return "application/json" in request.headers.get("Accept", "")


def wants_page(request: HttpRequest) -> bool:
    """Return whether a tab opens this address itself, rather than an <img> or a script."""
    return "text/html" in request.headers.get("Accept", "")


def whole_number(text: str) -> int | None:
    """Read a number as our own pages write it; None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None
