"""What the config vars mean together; `test_config_vars` has what is refused."""

import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

import chatapp

KEEP = ("PATH", "HOME", "LANG")
Load = Callable[..., dict[str, Any]]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Run the settings beside those of this process, with these config vars alone."""

    def run(**environment: str) -> dict[str, Any]:
        for name in os.environ.keys() - {*KEEP}:
            monkeypatch.delenv(name)
        for name, value in {"SECRET_KEY": "only for tests", **environment}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(chatapp, "config_vars", chatapp.config_vars)  # what comes back
        monkeypatch.delitem(sys.modules, "chatapp.config_vars")
        return runpy.run_path(str(settings.ROOT / "chatapp" / "settings.py"))

    return run


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "none False sqlite3 claude-sonnet-4-6 False"),
        (
            {"INFERENCE_URL": "us.inference.heroku.com/v1/", "INFERENCE_KEY": " inf-1 "},
            "heroku False sqlite3 claude-sonnet-4-6 False",
        ),
        (
            {"INFERENCE_URL": "http://127.0.0.1:4000"},
            "compatible False sqlite3 claude-sonnet-4-6 False",
        ),
        (
            {"DYNO": "web.1", "DATABASE_URL": "postgres://u:p@h/d"},
            "none True postgresql claude-sonnet-4-6 True",
        ),
        (
            {"INFERENCE_MODEL_ID": "claude-4-5-sonnet"},
            "none False sqlite3 claude-4-5-sonnet False",
        ),
        (
            {
                "CHAT_INFERENCE_ATTACHMENT": "SECOND",
                "INFERENCE_URL": "http://127.0.0.1:1",
                "SECOND_URL": "https://eu.inference.heroku.com",
                "SECOND_KEY": "inf-2",
                "SECOND_MODEL_ID": "claude-4-5-sonnet",
            },
            "heroku False sqlite3 claude-4-5-sonnet False",
        ),
        (
            {"CHAT_MODELS": '[{"id": "mine"}]', "CI": "true", "DYNO": "run.1"},
            "none False sqlite3 mine False",
        ),
    ],
)
def test_config_vars_are_read(load: Load, environment: dict[str, str], expected: str) -> None:
    loaded = load(**environment)

    engine = loaded["DATABASES"]["default"]["ENGINE"].split(".")[-1]
    model, redirects = next(iter(loaded["CATALOG"])), loaded.get("SECURE_SSL_REDIRECT", False)
    found = f"{loaded['SERVICE'].kind} {loaded['ON_DYNO']} {engine} {model} {redirects}"
    assert found == expected


def test_settings_load_without_secrets_on_a_dyno_that_builds(load: Load) -> None:
    assert load(SECRET_KEY="", DYNO="run.1")["ON_DYNO"]


def test_a_dyno_without_a_key_does_not_serve() -> None:
    clean = {name: os.environ[name] for name in KEEP if name in os.environ}
    served = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        env={**clean, "DYNO": "web.1", "DATABASE_URL": "postgres://u:p@h/d"},
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert served.returncode != 0
    assert "SECRET_KEY" in served.stderr
