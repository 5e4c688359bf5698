"""In which time zone a person lives, as the browser tells it in a cookie."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from chatapp.accounts.requests import PersonRequest

COOKIE = "zone"


def zone_of(request: HttpRequest) -> tzinfo:
    """The zone that the page's script named; UTC before it did, or when it named none."""
    try:
        return ZoneInfo(request.COOKIES.get(COOKIE, "UTC").replace("%2F", "/"))
    except (ValueError, KeyError, OSError):
        # No such zone, or a name that would lead out of the zone files.
        return UTC


def remember_zone(request: PersonRequest) -> None:
    """Keeps it with the person: what runs for them later has no request to ask."""
    key = getattr(zone_of(request), "key", "UTC")
    if request.user.zone != key:
        request.user.zone = key
        request.user.save(update_fields=["zone"])
