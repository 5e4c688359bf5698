"""Whatever config vars hold: they are used, or refused with one sentence that names one of them."""

from __future__ import annotations

import os
import runpy
from email.message import EmailMessage
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import httpx
from django.core.mail import EmailMultiAlternatives
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http.request import split_domain_port
from hypothesis import given
from hypothesis import strategies as st
from psycopg.conninfo import make_conninfo
from redis.asyncio import ConnectionPool

from tests.config_values import CONFIG_VARS, KEY, NONSENSE, PASSWORD, surroundings

type Read = dict[str, Any]

# What a deployment may really have, to be changed a little.
USUAL = {
    "INFERENCE_URL": ["https://us.inference.heroku.com", "http://localhost:8080/v1", "host:1234"],
    "INFERENCE_KEY": ["inf-pa55word"],
    "DATABASE_URL": [
        "postgres://u:pa55word@db.example.com:5432/d?sslmode=require",
        "postgresql://u:pa55word@%2Fvar%2Frun/d?application_name=chat&connect_timeout=3",
        "sqlite:////tmp/db.sqlite3",
    ],
    "REDIS_URL": [
        "rediss://:pa55word@host:6379/0",
        "redis://host/1?db=2&socket_timeout=3&health_check_interval=5",
    ],
    "EMAIL_URL": ["smtp://u%40h:pa55word@host:587", "smtps://u:pa55word@host:465"],
    "CHAT_EMAIL_FROM": ["Chat <chat@example.com>", '"A, B" <a@b.example>'],
    "CHAT_PUBLIC_ORIGIN": ["https://chat.example.com"],
    "ALLOWED_HOSTS": ["a.example, .b.example,[::1]", "*"],
    "CHAT_MODELS": ['[{"id": "a", "label": "A", "max_output": 4096, "vision": true}]'],
    "CHAT_TOOLS": ["all", "calculate, web_page"],
    "CHAT_SITE_NAME": ["Our chat"],
    "CHAT_TIME_ZONE": ["Europe/Berlin", "UTC", " America/Argentina/Ushuaia "],
    "AWS_ENDPOINT_URL_S3": ["https://storage.example.com"],
}
PIECES = ["://", ":", "/", "@", "[", "]", "%", "?", "#", "&", "=", ",", " ", "\n", "\t", '"', "{"]
PIECES += ["-", "0", "99999", "1e9", "١", "nan", "\u2100", "\u202e", "\x1b[1m", "\udcff", "é", "*"]
# Anything that an environment can hold: no NUL, and bytes that are no UTF-8 as Python has them.
CHARACTERS = st.one_of(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0"),
    st.sampled_from([chr(0xDC80), chr(0xDCFF)]),
)
NAMES = [*NONSENSE, "CHAT_DEMO_URL"]


@st.composite
def values(draw: st.DrawFn, name: str) -> str:
    """Return any text, or a value of the tables with a few pieces added, changed or removed."""
    known = [*USUAL.get(name, []), *NONSENSE.get(name, [])]
    if not known or draw(st.integers(0, 3)) == 0:
        return draw(st.text(CHARACTERS, max_size=30))
    text = draw(st.sampled_from(known))
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(len(text), begin + 4)))
        text = text[:begin] + draw(st.sampled_from(["", *PIECES])) + text[end:]
    return text


@st.composite
def environments(draw: st.DrawFn) -> dict[str, str]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
    around = {key: value for name in names for key, value in surroundings(name).items()}
    chosen = {name: draw(values(name)) for name in names}
    return around | {"SECRET_KEY": KEY} | chosen


def read(environment: dict[str, str]) -> Read | str:
    """Return the config vars, or the sentence that refuses them."""
    path = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    with (
        patch.dict(os.environ, path | environment, clear=True),
        patch("chatapp.server.database_configuration.local_secret_key", return_value=KEY),
    ):
        try:
            return runpy.run_path(str(CONFIG_VARS))
        except SystemExit as refused:
            return str(refused.code)


def check_usable(found: Read) -> None:
    """Fail with an error where a library refuses a value that was accepted."""
    service = found["SERVICE"]
    if service.url:
        headers = {"Authorization": f"Bearer {service.key}"}
        httpx.Request("POST", f"{service.url}/v1/chat/completions", headers=headers)
    for name in ("WEATHER_URL", "GEOCODING_URL", "PUBLIC_ORIGIN"):
        if found[name]:
            assert httpx.URL(found[name]).host, name
    if found["REDIS_URL"]:
        ConnectionPool.from_url(found["REDIS_URL"]).make_connection()
    database = found["DATABASES"]["default"]
    if database["ENGINE"].endswith("postgresql"):
        whole = {"TIME_ZONE": None, "PORT": "", "HOST": "", "USER": "", "PASSWORD": ""} | database
        parameters = DatabaseWrapper(whole).get_connection_params()
        for ours in ("context", "cursor_factory", "prepare_threshold", "client_encoding"):
            parameters.pop(ours, None)
        make_conninfo(**parameters)
    options = found["MAILERS"]["default"].get("OPTIONS", {})
    assert urlsplit(f"//{options.get('host', 'h')}:{options.get('port', 1)}").port
    email = EmailMultiAlternatives("Hello", "", found["DEFAULT_FROM_EMAIL"], ["a@b.example"])
    assert isinstance(email.message(), EmailMessage)
    for host in found["ALLOWED_HOSTS"]:
        assert host == "*" or split_domain_port(host.removeprefix("."))[0], host
    assert found["SITE_NAME"].isprintable()
    assert len(found["SECRET_KEY"]) >= 12
    assert found["CATALOG"]


@given(environments())
def test_any_values_are_used_or_refused_with_one_sentence(environment: dict[str, str]) -> None:
    found = read(environment)

    if isinstance(found, str):
        assert any(name in found for name in environment), found
        assert found.isprintable(), found
        assert PASSWORD not in found
    else:
        check_usable(found)
