"""Who asks, and in which shape the answer is wanted."""

from django.http import HttpRequest

from chatapp.accounts.models import Person


def wants_json(request: HttpRequest) -> bool:
    """A script asks; a page without scripts gets pages and redirects."""
    return "application/json" in request.headers.get("Accept", "")


def wants_page(request: HttpRequest) -> bool:
    """Return whether a tab opens this address itself, rather than an <img> or a script."""
    return "text/html" in request.headers.get("Accept", "")


class PersonRequest(HttpRequest):
    """A request whose `user` is a signed-in person, never an anonymous one."""

    user: Person
