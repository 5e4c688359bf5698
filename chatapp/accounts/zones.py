"""In which time zone a person lives, as the browser tells it in a cookie."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest

COOKIE = "zone"


def zone_of(request: HttpRequest) -> tzinfo:
    """The zone that the page's script named; UTC before it did, or when it named none."""
    try:
        return ZoneInfo(request.COOKIES.get(COOKIE, "UTC").replace("%2F", "/"))
    except (ValueError, KeyError, OSError):
        # No such zone, or a name that would lead out of the zone files.
        return UTC
