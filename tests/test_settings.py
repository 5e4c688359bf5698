"""What the config vars mean together; `test_config_vars` has what is refused."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

KEEP = ("PATH", "HOME", "LANG")


def load(**environment: str) -> subprocess.CompletedProcess[str]:
    """Import the settings in a fresh process, and print the values that are tested."""
    script = (
        "from chatapp import settings as s;"
        "print(s.SERVICE.kind, s.ON_DYNO, s.DATABASES['default']['ENGINE'].split('.')[-1],"
        "next(iter(s.CATALOG)), getattr(s, 'SECURE_SSL_REDIRECT', False))"
    )
    clean = {name: os.environ[name] for name in KEEP if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**clean, "SECRET_KEY": "only for tests", **environment},
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


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
def test_config_vars_are_read(environment: dict[str, str], expected: str) -> None:
    loaded = load(**environment)

    assert loaded.stdout.strip() == expected, loaded.stderr


def test_settings_load_without_secrets_on_a_dyno_that_builds() -> None:
    loaded = load(SECRET_KEY="", DYNO="run.1")

    assert loaded.returncode == 0, loaded.stderr


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
