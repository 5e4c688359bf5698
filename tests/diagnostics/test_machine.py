"""Clock, memory and release."""

import time
from email.utils import formatdate
from pathlib import Path

import django
import pytest
from pytest_django import Settings

from chatapp.diagnostics.checks import machine
from tests.diagnostics.conftest import Serve
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
def test_the_larger_offset_of_two_clocks_sets_the_level(
    database: float | None, service: float | None, level: str
) -> None:
    result = machine.clock_result(database, service)

    assert result.level == level
    assert bool(result.fix) == (level != "green")


def test_without_another_clock_the_check_is_green() -> None:
    assert machine.clock_result(None, None).level == "green"


def test_a_wrong_clock_on_a_dyno_has_a_command(settings: Settings, on_dyno: None) -> None:
    assert machine.clock_result(99, None).command == "heroku ps:restart"


async def test_the_clock_of_the_service_is_read(serve: Serve) -> None:
    date = formatdate(time.time() + 30, usegmt=True)
    await serve(listing=plain("404 Not Found", b"", Date=date))

    result = await machine.check_clock()

    assert result.level == "yellow"
    assert "the model service +" in result.found


@pytest.mark.parametrize("date", ["", "yesterday"])
async def test_a_service_without_a_readable_date_is_ignored(serve: Serve, date: str) -> None:
    await serve(listing=plain("200 OK", b"", Date=date))

    assert (await machine.check_clock()).found == "There is no other clock to compare with."


def test_the_memory_of_this_process_is_measured() -> None:
    used = machine.memory_used()

    assert used is None or 20 < used < 4_000


@pytest.mark.parametrize(("used", "level"), [(200, "green"), (400, "yellow"), (500, "red")])
def test_memory_against_the_limit(on_dyno: None, used: int, level: str) -> None:
    result = machine.memory_result(used, 512)

    assert result.level == level
    assert f"{used} of 512 MB" in result.found
    assert result.command == ("" if level == "green" else "heroku ps:type web=standard-2x")


def test_the_memory_of_the_dyno_is_the_limit(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DYNO_MEMORY_MB = 512
    monkeypatch.setattr(machine, "memory_used", lambda: 100)

    assert "100 of 512 MB" in machine.check_memory().found


@pytest.mark.parametrize(
    ("texts", "limit"),
    [(["536870912\n"], 512), (["max"], 0), (["9223372036854771712"], 0), ([], 0)],
)
def test_the_limit_of_the_container_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, texts: list[str], limit: int
) -> None:
    for number, text in enumerate(texts):
        (tmp_path / str(number)).write_text(text)
    monkeypatch.setattr(machine, "LIMITS", (tmp_path / "0", tmp_path / "1"))

    assert machine.memory_limit() == limit


def test_a_system_without_the_figures_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "STATUS", tmp_path / "missing")

    assert machine.check_memory().level == "note"


def test_the_release_is_shown(settings: Settings, on_dyno: None) -> None:
    settings.RELEASE, settings.VERSION = "v42", "0123456789abcdef"

    result = machine.check_release()

    assert result.level == "green"
    assert result.found.startswith("v42, 0123456789, Python 3.")
    assert result.found.endswith(f"Django {django.get_version()}.")


def test_a_dyno_that_does_not_know_its_release_is_yellow(settings: Settings, on_dyno: None) -> None:
    settings.RELEASE, settings.VERSION = "", "local"

    result = machine.check_release()

    assert result.level == "yellow"
    assert result.command == "heroku labs:enable runtime-dyno-metadata"


def test_a_local_app_needs_no_release(settings: Settings) -> None:
    settings.RELEASE, settings.VERSION = "", "local"

    assert machine.check_release().level == "green"
