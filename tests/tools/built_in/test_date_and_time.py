"""Date and time: where the person is, or in a zone that is named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chatapp.tools.built_in.date_and_time import as_words, current_date_and_time
from chatapp.tools.runner import describe, run
from chatapp.tools.tool import Context


async def ask(arguments: dict[str, str], zone: str = "Europe/Berlin") -> dict[str, Any]:
    outcome = await run(current_date_and_time, json.dumps(arguments), Context(zone))
    answer: dict[str, Any] = json.loads(outcome.content)
    return answer


def test_the_time_needs_no_calendar() -> None:
    moment = datetime(2026, 3, 5, 23, 4, 9, tzinfo=UTC).astimezone(ZoneInfo("Asia/Kolkata"))

    assert as_words(moment, "Asia/Kolkata") == {
        "date": "2026-03-06",
        "weekday": "Friday",
        "time": "04:34:09",
        "time_zone": "Asia/Kolkata",
        "utc_offset": "+05:30",
        "iso": "2026-03-06T04:34:09+05:30",
    }


@pytest.mark.parametrize(
    ("arguments", "zone"),
    [
        ({}, "America/Los_Angeles"),
        ({"zone": ""}, "America/Los_Angeles"),
        ({"zone": "Asia/Kathmandu"}, "Asia/Kathmandu"),
        ({"zone": " UTC "}, "UTC"),
    ],
)
async def test_the_time_is_in_the_persons_or_a_named_zone(
    arguments: dict[str, str], zone: str
) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    answer = await ask(arguments, "America/Los_Angeles")
    moment = datetime.fromisoformat(answer["iso"])

    assert before <= moment <= datetime.now(UTC)
    assert moment.utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()
    assert answer["time_zone"] == zone


@pytest.mark.parametrize(
    "zone",
    ["Mars/Olympus", "Europe", "../../etc/passwd", "/etc/localtime", "a\x00b", "a" * 5_000, "ü"],
)
async def test_unknown_zones(zone: str) -> None:
    answer = await ask({"zone": zone})

    assert "There is no time zone" in answer["error"]
    assert "Europe/Berlin" in answer["error"]
    assert len(answer["error"]) < 200


async def test_lines() -> None:
    outcome = await run(current_date_and_time, '{"zone": "Asia/Tokyo"}', Context())

    assert outcome.summary.startswith("Checked the time in Asia/Tokyo: 20")
    assert describe(current_date_and_time, "{}") == "Checking the time"
    assert describe(current_date_and_time, '{"zone": "Asia/Tokyo"}').endswith("in Asia/Tokyo")
