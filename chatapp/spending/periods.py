"""Days and months of the instance, in the time zone that CHAT_TIME_ZONE names."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Period(models.TextChoices):
    DAY = "day", _("Day")
    MONTH = "month", _("Month")


def zone() -> ZoneInfo:
    return ZoneInfo(settings.CHAT_TIME_ZONE)


def first_day(period: Period, at: datetime) -> date:
    """Return the day on which the period begins that an instant belongs to."""
    today = at.astimezone(zone()).date()
    return today if period == Period.DAY else today.replace(day=1)


def renewal(period: Period, at: datetime) -> date:
    """Return the first day of the next period."""
    begin = first_day(period, at)
    if period == Period.DAY:
        return begin + timedelta(days=1)
    return (begin + timedelta(days=31)).replace(day=1)


def bounds(period: Period, at: datetime) -> tuple[datetime, datetime]:
    """Return the first instant of the period, and that of the next one."""
    return _midnight(first_day(period, at)), _midnight(renewal(period, at))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone())
