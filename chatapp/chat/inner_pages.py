"""The sidebar of pages beside the chat, whose packages know nothing of conversations."""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.accounts.time_zones import zone_of
from chatapp.projects.sidebar import Sidebar, sidebar_page


def inner_sidebar(request: HttpRequest) -> dict[str, Callable[[], Sidebar]]:
    """Add the conversations to templates. They cost something only where a page shows them."""
    return {"inner_sidebar": lambda: _conversations_of(request)}


def _conversations_of(request: HttpRequest) -> Sidebar:
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return Sidebar()
    with timezone.override(zone_of(request)):
        return sidebar_page(person)
