"""What time it is: a model knows neither the day nor where the person is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from chatapp.tools.making import tool
from chatapp.tools.outside import plain_line
from chatapp.tools.tool import Context, Output, ToolFailed

Zone = Annotated[
    str,
    Meta(description="A time zone such as Europe/Berlin. Leave it out for the person's own."),
]
# Not strftime: its names are those of the process's language.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _doing(zone: str = "") -> str:
    if zone:
        return gettext("Looking at the clock in %(zone)s") % {"zone": plain_line(zone)}
    return gettext("Looking at the clock")


@tool(
    label=_("Date and time"),
    about=_("Tells the time, where the person is or elsewhere. Nothing leaves the app."),
    doing=_doing,
)
async def current_date_and_time(context: Context, zone: Zone = "") -> Output:
    """Tells the current date, weekday and time where the person is, or in a named time zone."""
    key = zone.strip() or context.zone
    moment = datetime.now(_zone(key))
    return Output(
        told(moment, key),
        gettext("Looked at the clock in %(zone)s: %(time)s")
        % {"zone": key, "time": f"{moment:%Y-%m-%d %H:%M}"},
    )


def told(moment: datetime, zone: str) -> dict[str, object]:
    """A moment in words that need no calendar."""
    return {
        "date": f"{moment:%Y-%m-%d}",
        "weekday": WEEKDAYS[moment.weekday()],
        "time": f"{moment:%H:%M:%S}",
        "time_zone": zone,
        "utc_offset": f"{moment:%:z}",
        "iso": moment.isoformat(timespec="seconds"),
    }


def _zone(key: str) -> ZoneInfo:
    try:
        return ZoneInfo(key)
    except (ValueError, KeyError, OSError) as error:
        # No such zone, or a name that would lead out of the zone files.
        sentence = gettext("There is no time zone “%(zone)s”. Names look like Europe/Berlin.")
        raise ToolFailed(sentence % {"zone": plain_line(key)}) from error
