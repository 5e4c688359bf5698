"""Return the date and time, because a model knows neither the day nor the person's time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from msgspec import Meta

from chatapp.tools.decorator import tool
from chatapp.tools.tool import Context, Output, ToolFailed
from chatapp.tools.untrusted import plain_line

Zone = Annotated[
    str,
    Meta(description="A time zone such as Europe/Berlin. Leave it out for the person's own."),
]
# strftime would use the language of the process.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _describe(zone: str = "") -> str:
    if zone:
        return gettext("Checking the time in %(zone)s") % {"zone": plain_line(zone)}
    return gettext("Checking the time")


@tool(
    label=_("Date and time"),
    about=_("Returns the time where the person is or in a time zone. Nothing leaves this site."),
    describe=_describe,
)
async def current_date_and_time(context: Context, zone: Zone = "") -> Output:
    """Return the current date, weekday and time where the person is, or in a named time zone."""
    key = zone.strip() or context.zone
    moment = datetime.now(_zone(key))
    return Output(
        as_words(moment, key),
        gettext("Checked the time in %(zone)s: %(time)s")
        % {"zone": key, "time": f"{moment:%Y-%m-%d %H:%M}"},
    )


def as_words(moment: datetime, zone: str) -> dict[str, object]:
    """Return a moment so that the model needs no calendar."""
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
        # There is no such zone, or the name would lead out of the folder of zone files.
        sentence = gettext("There is no time zone “%(zone)s”. Names look like Europe/Berlin.")
        raise ToolFailed(sentence % {"zone": plain_line(key)}) from error
