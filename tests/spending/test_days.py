"""The site's days and months, also where clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import Settings

from chatapp.spending.days import Month, begin_of, today


def test_a_day_begins_at_midnight_of_the_site(settings: Settings) -> None:
    settings.CHAT_TIME_ZONE = "Asia/Kolkata"

    assert begin_of(date(2026, 11, 30)).astimezone(UTC) == datetime(
        2026, 11, 29, 18, 30, tzinfo=UTC
    )


def test_a_day_on_which_clocks_change_is_longer(settings: Settings) -> None:
    settings.CHAT_TIME_ZONE = "Europe/Berlin"
    first, last = (begin_of(date(2026, 10, day)).astimezone(UTC) for day in (25, 26))

    assert last - first == timedelta(hours=25)


@pytest.mark.parametrize(
    "text", ["", "2026", "9999-01", "0001-01", "1999-12", "2026-13", "x", "2026-1-1", "2026-11-30"]
)
def test_anything_else_is_the_current_month(text: str) -> None:
    assert Month.read(text).is_current


def test_months_follow_each_other() -> None:
    december = Month.read("2024-12")

    assert (december.first, december.end) == (date(2024, 12, 1), date(2025, 1, 1))
    assert str(december.before) == "2024-11"
    assert str(december.after) == "2025-01"
    assert len(december.days_shown) == 31
    assert Month.current().after is None
    assert Month.current().days_shown[-1] == today()
    assert len(Month.current().days_shown) == 30
