"""Values of a JSON document that anybody may have written."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

EARLIEST = datetime(2015, 1, 1, tzinfo=UTC)  # no product here is older
AHEAD = timedelta(days=1)
MILLISECONDS = 1e11  # numbers above are not seconds
MICROSECONDS = 1e14


def as_dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def as_text(value: object) -> str:
    return value if isinstance(value, str) else ""


def as_id(value: object) -> str:
    """Return an id, which some exports write as a number; empty for none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:200]


def as_seconds(value: object) -> float | None:
    """Return a duration between no time and a day."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 86_400 else None


def as_time(value: object) -> datetime | None:
    """Return a time that is written as seconds, milliseconds, microseconds or a date; None for
    anything else, and for times at which there was nothing to export."""
    if isinstance(value, dict):  # as MongoDB writes it
        value = value.get("$date", value.get("$numberLong"))
        return as_time(value) if not isinstance(value, dict) else as_time(value.get("$numberLong"))
    if isinstance(value, str):
        value = value.strip()
        found = _of_number(float(value)) if _is_number(value) else _of_date(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _of_number(value)
    else:
        return None
    return found if found and EARLIEST <= found <= datetime.now(UTC) + AHEAD else None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[0-9]{1,17}(\.[0-9]{1,9})?", text) is not None


def _of_number(number: float) -> datetime | None:
    if not 0 < number < 1e17:  # NaN as well
        return None
    for unit, divisor in ((MICROSECONDS, 1e6), (MILLISECONDS, 1e3)):
        if number >= unit:
            return datetime.fromtimestamp(number / divisor, UTC)
    return datetime.fromtimestamp(number, UTC)


def _of_date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
