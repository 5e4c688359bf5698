"""A config var that can't be used ends the start with one sentence that names it."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatapp.server.database_configuration import local_secret_key
from chatapp.server.oidc_configuration import OpenIDProvider
from tests.config_values import (
    ANY_TEXT,
    BUCKET,
    BUCKETEER,
    CONFIG_VARS,
    CONTRADICTIONS,
    DYNO,
    KEY,
    NONSENSE,
    OIDC,
    PASSWORD,
    ROOT,
    surroundings,
)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    named = [*NONSENSE, *ANY_TEXT, *BUCKET, *BUCKETEER]
    for name in {name for name in os.environ if name.startswith("CHAT_")}.union(named):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", KEY)


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read all config vars in a module of their own, and return the sentence that refuses them."""

    def read(**environment: str) -> str:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            runpy.run_path(str(CONFIG_VARS))
        return str(end.value.code)

    return read


def test_the_table_has_every_config_var_of_the_documents() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = re.findall(r"^\| (`[A-Z].*?) \|", text, re.MULTILINE)
    platform = text[text.index("## Set by the platform") :]
    named = re.findall(r"`([A-Z][A-Z0-9_]+…?)`", "\n".join([*rows, platform]))

    assert set(named) - ANY_TEXT <= set(NONSENSE)
    assert len(set(named)) > 35


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in NONSENSE.items() for value in values]
)
def test_nonsense_is_refused_with_one_sentence(refusal: Any, name: str, value: str) -> None:
    sentence = refusal(**surroundings(name) | {name: value})

    assert name in sentence
    assert "\n" not in sentence
    assert PASSWORD not in sentence


@pytest.mark.parametrize(("environment", "expected"), CONTRADICTIONS)
def test_a_contradiction_is_refused_with_one_sentence(
    refusal: Any, environment: dict[str, str], expected: str
) -> None:
    assert expected in refusal(**environment)


@pytest.mark.parametrize(
    ("environment", "name", "expected"),
    [
        ({}, "PORT", 8000),
        ({"CHAT_LOG_LEVEL": " info "}, "LOG_LEVEL", "INFO"),
        ({"CHAT_TOOLS": ""}, "TOOLS", []),
        ({"CHAT_TOOLS": "calculate, current_weather"}, "TOOLS", ["calculate", "current_weather"]),
        ({"ALLOWED_HOSTS": "a.example, .b.example,[::1]"}, "ALLOWED_HOSTS",
         ["a.example", ".b.example", "[::1]"]),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS", ["*"]),
        ({"WEB_WORKERS": "3", "REDIS_URL": "redis://localhost"}, "WEB_WORKERS", 3),
        ({}, "BEHIND_HTTPS", False),
        ({"CHAT_PUBLIC_ORIGIN": "https://chat.example.com"}, "BEHIND_HTTPS", True),
        (DYNO, "BEHIND_HTTPS", True),
        ({}, "OIDC", None),
        ({}, "PASSWORDS", True),
        (OIDC | {"CHAT_PASSWORDS": "false"}, "PASSWORDS", False),
        (
            OIDC | {"CHAT_OIDC_ALLOWED_DOMAINS": "Example.com, @b.example,"},
            "OIDC",
            OpenIDProvider(
                "https://login.example.com", "chat", "pa55word", "login.example.com",
                ("example.com", "b.example"), "member",
            ),
        ),
        ({"CHAT_HAND_OVER_SECONDS": "0.5"}, "HAND_OVER_SECONDS", 0.5),
    ],
)  # fmt: skip
def test_what_can_be_used_is_read(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], name: str, expected: Any
) -> None:
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)

    assert runpy.run_path(str(CONFIG_VARS))[name] == expected


def test_a_checkout_that_cannot_be_written_asks_for_a_key(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match=r"^SECRET_KEY isn't set, and .*secret.* can't be used"):
        local_secret_key(tmp_path / "file" / "secret")


def test_an_empty_key_file_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.touch()

    assert len(local_secret_key(path)) > 40
    assert local_secret_key(path) == path.read_text()


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "serve"],
        ["manage.py", "add_person", "a@example.com"],
        ["-m", "uvicorn", "chatapp.asgi:application"],
    ],
)
def test_however_it_is_started_there_is_only_the_sentence(command: list[str]) -> None:
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    ended = subprocess.run(
        [sys.executable, *command],
        env={**clean, **DYNO, "PORT": "99999"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("PORT can't be used: ")
    assert ended.stderr.count("\n") == 1
