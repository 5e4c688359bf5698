"""Read values of a request: the kind of answer that it accepts, numbers and ids."""

from uuid import UUID

from django.http import HttpRequest

MAX_DIGITS = 9  # fit into every integer column


def wants_json(request: HttpRequest) -> bool:
    """Return whether a script sent the request, rather than a page without JavaScript."""
    return "application/json" in request.headers.get("Accept", "")


def wants_page(request: HttpRequest) -> bool:
    """Return whether a tab opens this address, rather than an <img> or a script."""
    return "text/html" in request.headers.get("Accept", "")


def whole_number(text: str) -> int | None:
    """Return a number as our own pages write it, None for anything else."""
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None


def read_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
