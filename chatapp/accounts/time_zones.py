"""A person's time zone: the one that they chose, or what the browser reports in a cookie."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from chatapp.accounts.person_request import PersonRequest

COOKIE = "zone"


def zone_of(request: HttpRequest) -> tzinfo:
    """Return the zone that the person chose, else the one that the page's script set, else UTC."""
    person = getattr(request, "user", None)
    chosen = find_zone(getattr(person, "chosen_time_zone", ""))
    return chosen or browser_zone(request)


def browser_zone(request: HttpRequest) -> tzinfo:
    """Return the zone that the page's script set, UTC if there is none."""
    return find_zone(request.COOKIES.get(COOKIE, "").replace("%2F", "/")) or UTC


def find_zone(key: str) -> ZoneInfo | None:
    """Return the zone of this name; None if there is none."""
    try:
        return ZoneInfo(key) if key else None
    except (ValueError, KeyError, OSError):
        # There is no such zone, or the name would lead out of the folder of zone files.
        return None


def remember_zone(request: PersonRequest) -> None:
    """Store the zone with the person, for replies, which have no request."""
    key = getattr(zone_of(request), "key", "UTC")
    if request.user.time_zone != key:
        request.user.time_zone = key
        request.user.save(update_fields=["time_zone"])
