"""Read a person's time zone from the cookie that the browser sets."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from chatapp.accounts.person_request import PersonRequest

COOKIE = "zone"


def zone_of(request: HttpRequest) -> tzinfo:
    """Return the zone that the page's script set, UTC if there is none."""
    try:
        return ZoneInfo(request.COOKIES.get(COOKIE, "UTC").replace("%2F", "/"))
    except (ValueError, KeyError, OSError):
        # There is no such zone, or the name would lead out of the folder of zone files.
        return UTC


def remember_zone(request: PersonRequest) -> None:
    """Store the zone with the person, for replies, which have no request."""
    key = getattr(zone_of(request), "key", "UTC")
    if request.user.time_zone != key:
        request.user.time_zone = key
        request.user.save(update_fields=["time_zone"])
