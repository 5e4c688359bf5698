"""Days and months begin at midnight of the time zone of the site."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from chatapp.spending.periods import Period, bounds, first_day, renewal

LAST_EVENING = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)


def test_a_month_begins_at_midnight_of_the_zone(settings: Settings) -> None:
    assert first_day(Period.MONTH, LAST_EVENING) == date(2026, 11, 1)

    settings.CHAT_TIME_ZONE = "Europe/Berlin"
    assert first_day(Period.MONTH, LAST_EVENING) == date(2026, 12, 1)
    begin, end = bounds(Period.MONTH, LAST_EVENING)
    assert begin == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert end == datetime(2026, 12, 31, 23, tzinfo=UTC)


def test_periods_renew_on_the_next_day_or_the_first_of_the_month() -> None:
    assert renewal(Period.DAY, LAST_EVENING) == date(2026, 12, 1)
    assert renewal(Period.MONTH, LAST_EVENING) == date(2026, 12, 1)
    assert renewal(Period.MONTH, datetime(2028, 2, 29, tzinfo=UTC)) == date(2028, 3, 1)
    assert renewal(Period.MONTH, datetime(2026, 12, 31, tzinfo=UTC)) == date(2027, 1, 1)


@pytest.mark.parametrize(("on", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_with_a_change_of_the_clocks_is_whole(
    settings: Settings, on: date, hours: int
) -> None:
    settings.CHAT_TIME_ZONE = "Europe/Berlin"
    noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)

    begin, end = bounds(Period.DAY, noon)

    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=hours)


def test_every_instant_belongs_to_one_day(settings: Settings) -> None:
    settings.CHAT_TIME_ZONE = "America/New_York"
    at = datetime(2026, 10, 30, 0, 30, tzinfo=UTC)
    for _hour in range(24 * 5):
        begin, end = bounds(Period.DAY, at)
        assert begin <= at < end
        assert bounds(Period.DAY, end)[0] == end
        at += timedelta(hours=1)
