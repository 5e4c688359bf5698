"""Clock, memory and release."""

import time
from email.utils import formatdate
from pathlib import Path

import django
import pytest
from pytest_django import Settings

from chatapp.doctor.checks import clock, memory, release
from tests.doctor.conftest import Serve
from tests.inference.wire import plain


@pytest.mark.parametrize(
    ("database", "service", "level"),
    [
        (0.1, 0.4, "green"),
        (-4.9, None, "green"),
        (None, 5.1, "yellow"),
        (-30.0, 0.0, "yellow"),
        (None, -61.0, "red"),
    ],
)
def test_clocks(database: float | None, service: float | None, level: str) -> None:
    result = clock.line(database, service)

    assert result.level == level
    assert bool(result.fix) == (level != "green")


def test_no_other_clock_is_green() -> None:
    assert clock.line(None, None).level == "green"


def test_the_command_is_for_dynos(settings: Settings, on_dyno: None) -> None:
    assert clock.line(99, None).command == "heroku ps:restart"


async def test_the_clock_of_the_service_is_read(serve: Serve) -> None:
    date = formatdate(time.time() + 30, usegmt=True)
    await serve(listing=plain("404 Not Found", b"", Date=date))

    result = await clock.look()

    assert result.level == "yellow"
    assert "the model service +" in result.found


@pytest.mark.parametrize("date", ["", "yesterday"])
async def test_a_service_without_a_readable_date_is_excluded(serve: Serve, date: str) -> None:
    await serve(listing=plain("200 OK", b"", Date=date))

    assert (await clock.look()).found == "There is no other clock to compare with."


def test_memory_of_this_process_is_told() -> None:
    used = memory.resident()

    assert used is None or 20 < used < 4_000


@pytest.mark.parametrize(("used", "level"), [(200, "green"), (400, "yellow"), (500, "red")])
def test_memory_against_the_limit(on_dyno: None, used: int, level: str) -> None:
    result = memory.line(used, 512)

    assert result.level == level
    assert f"{used} of 512 MB" in result.found
    assert result.command == ("" if level == "green" else "heroku ps:type web=standard-2x")


def test_the_dyno_says_how_much_there_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DYNO_MEMORY_MB = 512
    monkeypatch.setattr(memory, "resident", lambda: 100)

    assert "100 of 512 MB" in memory.look().found


@pytest.mark.parametrize(
    ("texts", "limit"),
    [(["536870912\n"], 512), (["max"], 0), (["9223372036854771712"], 0), ([], 0)],
)
def test_limits_of_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str], limit: int
) -> None:
    for number, text in enumerate(texts):
        (tmp_path / str(number)).write_text(text)
    monkeypatch.setattr(memory, "LIMITS", (tmp_path / "0", tmp_path / "1"))

    assert memory.cgroup_limit() == limit


def test_a_system_that_does_not_tell_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "STATUS", tmp_path / "missing")

    assert memory.look().level == "note"


def test_the_release_is_told(settings: Settings, on_dyno: None) -> None:
    settings.RELEASE, settings.VERSION = "v42", "0123456789abcdef"

    result = release.look()

    assert result.level == "green"
    assert result.found.startswith("v42, 0123456789, Python 3.")
    assert result.found.endswith(f"Django {django.get_version()}.")


def test_a_dyno_that_does_not_know_its_release_is_yellow(settings: Settings, on_dyno: None) -> None:
    settings.RELEASE, settings.VERSION = "", "local"

    result = release.look()

    assert result.level == "yellow"
    assert result.command == "heroku labs:enable runtime-dyno-metadata"


def test_this_machine_has_no_release(settings: Settings) -> None:
    settings.RELEASE, settings.VERSION = "", "local"

    assert release.look().level == "green"
