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
from django.conf import settings

from chatapp.server.database_configuration import local_secret_key

ROOT: Path = settings.ROOT
CONFIG_VARS = ROOT / "chatapp" / "config_vars.py"
KEY = "k" * 64
DYNO = {"DYNO": "web.1", "SECRET_KEY": KEY, "DATABASE_URL": "postgres://u:p@db.example.com/d"}
BUCKET = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1"}
BUCKETEER = {
    "BUCKETEER_AWS_ACCESS_KEY_ID": "key",
    "BUCKETEER_AWS_SECRET_ACCESS_KEY": "secret",
    "BUCKETEER_AWS_REGION": "eu-west-1",
}
PASSWORD = "pa55word"

NONSENSE: dict[str, list[str]] = {
    "INFERENCE_URL": ["not a url", "ftp://host", "https://h:port", "https://", "https://u:p@h"],
    "INFERENCE_KEY": ["inf-ä", "two words", "a\nb"],
    "INFERENCE_MODEL_ID": ["two\nlines"],
    "DATABASE_URL": [
        "chat.sqlite3",
        "mysql://u:pa55word@h/d",
        "postgres://u:pa55word@h:port/d",
        "postgres://u:pa55word@h:99999/d",
        "postgres://u:pa55word@not a host/d",
        "postgres://",
        "postgres://u:pa55word@h",
        "postgres://[::1/d",
        "sqlite://",
        "sqlite://:memory:",
    ],
    "SECRET_KEY": ["x", "k" * 11],
    "CHAT_SETUP_CODE": ["letmein"],
    "EMAIL_URL": [
        "mail.example.com",
        "smtp://u:pa55word@host:abc",
        "smtp://u:pa55word@host:0",
        "smtp://",
        "imap://host",
        "smtp://[::1",
    ],
    "CHAT_MODELS": ["not json", "[]", "{}", '[{"id": 1}]', '[{"id": "a", "vision": 2}]'],
    "CHAT_INFERENCE_ATTACHMENT": ["second one", "lower"],
    "CHAT_PROMPT_CACHING": ["perhaps", ""],
    "CHAT_HTTP_TRANSPORT": ["carrier pigeon"],
    "CHAT_IMAGE_DELIVERY": ["both"],
    "CHAT_PUBLIC_ORIGIN": [
        "chat.example.com",
        "https://a:b",
        "https://a/b",
        "https://[",
        "https://a b",
    ],
    "CHAT_IMAGE_QUOTA_PERSON_MB": ["many", "0", "-1"],
    "CHAT_IMAGE_QUOTA_TOTAL_MB": ["many", "0", "1.5"],
    "CHAT_IMAGE_STORE": ["s3"],
    "CHAT_BUCKET_FOLDER": ["a\nb"],
    "CHAT_DATABASE_POOL_SIZE": ["0", "-3", "four"],
    "CHAT_DATABASE_SIZE_MB": ["-1", "1 GB"],
    "REDIS_URL": ["localhost:6379", "redis://:pa55word@host:port", "redis://not a host"],
    "WEB_WORKERS": ["0", "-1", "two", "100000"],
    "PORT": ["eighty", "-1", "0", "99999", ""],
    "CHAT_HAND_OVER_SECONDS": ["-1", "soon", "nan", "inf"],
    "CHAT_LOG_LEVEL": ["loud", ""],
    "CHAT_TRUSTED_PROXIES": ["-1", "two", "11"],
    "ALLOWED_HOSTS": [
        "http://chat.example.com",
        "chat.example.com:8000",
        "a b",
        "a.example;b.example",
    ],
    "CHAT_SITE_NAME": ["x" * 41, "two\nlines"],
    "CHAT_EMAIL_FROM": ["Chat", "chat@", "@example.com", "a@b.example\nBcc: c@d.example"],
    "CHAT_TOOLS": ["nonsense", "calculate,nonsense"],
    "CHAT_WEATHER_URL": ["api.example.com", "https://a:b", ""],
    "CHAT_GEOCODING_URL": ["ftp://a.example", "https://a b"],
    "CHAT_DEMO_RATE": ["fast", "-1", "nan"],
    "AWS_S3_BUCKET": ["no bucket", "s3://bucket"],
    "AWS_REGION": ["not a region"],
    "AWS_ENDPOINT_URL_S3": ["storage.example.com", "https://a b", "https://a:b"],
    "AWS_ENDPOINT_URL": ["storage.example.com"],
    "AWS_ACCESS_KEY_ID": ["two words"],
    "AWS_SECRET_ACCESS_KEY": ["two words"],
    "BUCKETEER_BUCKET_NAME": ["no bucket"],
    "BUCKETEER_AWS_REGION": ["not a region"],
    "DYNO_RAM": ["much"],
}
# Any text is right for these, or they name something whose values are tried above.
ANY_TEXT = {
    "DYNO",
    "CI",
    "HEROKU_APP_DEFAULT_DOMAIN_NAME",
    "HEROKU_SLUG_COMMIT",
    "HEROKU_RELEASE_VERSION",
    "BUCKETEER_…",
}
CONTRADICTIONS: list[tuple[dict[str, str], str]] = [
    ({"WEB_WORKERS": "3"}, "WEB_WORKERS=3 needs REDIS_URL"),
    ({"CHAT_IMAGE_STORE": "bucket"}, "CHAT_IMAGE_STORE is bucket, and no bucket is configured"),
    ({"CHAT_IMAGE_DELIVERY": "link"}, "CHAT_IMAGE_DELIVERY=link needs CHAT_PUBLIC_ORIGIN"),
    ({"AWS_S3_BUCKET": "mine"}, "AWS_S3_BUCKET also needs AWS_ACCESS_KEY_ID"),
    ({"BUCKETEER_BUCKET_NAME": "mine"}, "BUCKETEER_BUCKET_NAME also needs BUCKETEER_AWS_"),
    (
        {"CHAT_INFERENCE_ATTACHMENT": "SECOND", "SECOND_URL": "ftp://host"},
        "SECOND_URL must look like",
    ),
    ({"CHAT_INFERENCE_ATTACHMENT": "SECOND", "SECOND_KEY": "ä"}, "SECOND_KEY contains"),
    (
        {"CHAT_INFERENCE_ATTACHMENT": "SECOND", "SECOND_MODEL_ID": "a\nb"},
        "SECOND_MODEL_ID must be",
    ),
]


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


def surroundings(name: str) -> dict[str, str]:
    """Return what must be set for the config var to be looked at."""
    if name.startswith("BUCKETEER_"):
        return {**BUCKETEER, "BUCKETEER_BUCKET_NAME": "mine"}
    return {**BUCKET, "AWS_S3_BUCKET": "mine"} if name.startswith(("AWS_", "CHAT_BUCKET")) else {}


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
