"""The hosts that the app answers to."""

import pytest
from django.test import Client
from pytest_django import Settings


@pytest.mark.parametrize(
    ("on_dyno", "command"),
    [(True, "heroku config:set ALLOWED_HOSTS="), (False, "make run")],
)
def test_an_unknown_host_is_refused_with_the_command_that_adds_it(
    settings: Settings, on_dyno: bool, command: str
) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com"]
    settings.ON_DYNO = on_dyno

    refused = Client().get("/", headers={"host": "other.example.com"})

    assert refused.status_code == 400
    assert "Unknown address" in refused.text
    assert command in refused.text
    assert "other.example.com" not in refused.text
