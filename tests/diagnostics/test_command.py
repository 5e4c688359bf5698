"""`manage.py diagnostics` prints all results, and ends with 1 if a check failed."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from chatapp.diagnostics.checks import CHECKS

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_check_is_printed_in_order(no_service: None) -> None:
    out = io.StringIO()

    call_command("diagnostics", stdout=out)

    lines = re.findall(r"^(green|yellow|note) +(.{24})", out.getvalue(), re.MULTILINE)
    assert [title.strip() for _level, title in lines] == [str(check.title) for check in CHECKS]


def test_a_fix_is_printed_below_its_check(no_service: None) -> None:
    out = io.StringIO()

    call_command("diagnostics", stdout=out)

    first, fix, command = out.getvalue().splitlines()[:3]
    assert first.startswith("yellow  Model service  ")
    assert fix == "        Connect the app to a real model."
    assert command.endswith("make run")


def test_a_failed_check_ends_the_command_with_1(
    no_service: None, on_dyno: None, settings: Settings
) -> None:
    settings.REDIS_URL = ""
    out = io.StringIO()

    with pytest.raises(CommandError) as caught:
        call_command("diagnostics", stdout=out)

    assert caught.value.returncode == 1
    reds = len(re.findall(r"^red ", out.getvalue(), re.MULTILINE))
    assert str(caught.value) == f"{reds} checks failed."
    assert "heroku addons:create heroku-inference:standard" in out.getvalue()
