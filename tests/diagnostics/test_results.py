"""Levels by the share of a limit, and commands by where the app runs."""

import pytest
from pytest_django import Settings

from chatapp.diagnostics.results import by_share, heroku, set_config


@pytest.mark.parametrize(
    ("used", "level"), [(0, "green"), (69, "green"), (70, "yellow"), (89, "yellow"), (90, "red")]
)
def test_the_level_depends_on_the_share(used: int, level: str) -> None:
    assert by_share(used, 100, "found", "fix").level == level


def test_green_has_no_fix() -> None:
    assert by_share(10, 100, "found", "fix", "command").fix == ""
    assert by_share(80, 100, "found", "fix", "command").command == "command"


def test_without_a_limit_the_result_is_green() -> None:
    assert by_share(10**12, 0, "found").level == "green"


def test_commands_depend_on_where_the_app_runs(settings: Settings) -> None:
    settings.ON_DYNO = False
    assert heroku("ps:restart") == ""
    assert heroku("run this", "this") == "this"
    assert set_config("A=1") == "A=1 make run"

    settings.ON_DYNO = True
    assert heroku("run this", "this") == "heroku run this"
    assert set_config("A=1") == "heroku config:set A=1"
