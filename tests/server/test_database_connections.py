"""Connections to Postgres: a pool for servers only, and nothing that a transaction pooler breaks.

PgBouncer, for example, runs each transaction on another connection. What would stay behind on one
is a cursor, a prepared statement, a lock of the session or a LISTEN.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import ConnectionHandler

from chatapp.conversations.models import Exchange, add_exchange
from chatapp.replies.prompt import history
from chatapp.server import database_configuration
from tests.support.replies import complete, new_message

URL = "postgres://chat:secret@127.0.0.1:5432/chat"
OF_A_SESSION = re.compile(r"advisory_lock|\bLISTEN \w|prepare_threshold|\.cursor\(name|SET SESSION")


@pytest.fixture
def postgres() -> Any:
    read = database_configuration.database(URL, Path("unused"), on_dyno=False)
    return ConnectionHandler({"default": read})["default"]


def test_nothing_stays_behind_on_a_connection(postgres: Any) -> None:
    assert postgres.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]
    assert postgres.get_connection_params()["prepare_threshold"] is None
    used = Path(settings.ROOT, "chatapp").rglob("*.py")
    assert [str(path) for path in used if OF_A_SESSION.search(path.read_text())] == []


@pytest.mark.parametrize(
    ("options", "mode"), [("", "require"), ("?sslmode=verify-full", "verify-full")]
)
def test_a_dyno_asks_for_tls_and_the_url_for_more(options: str, mode: str) -> None:
    read = database_configuration.database(URL + options, Path("unused"), on_dyno=True)

    assert read["OPTIONS"]["sslmode"] == mode


def test_a_server_has_a_pool_and_a_command_has_none(
    postgres: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_configuration, "connection", postgres)
    assert postgres.pool is None

    database_configuration.pool_connections(2)

    assert postgres.settings_dict["OPTIONS"]["pool"]["max_size"] == 2


@pytest.mark.django_db
def test_a_long_conversation_is_read_in_batches(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        later = add_exchange(
            exchange.conversation.owner,
            new_message(
                f"Message {number}",
                exchange.conversation.pk,
            ),
        )
        complete(later.reply)
    branch = exchange.conversation.branch
    whole = [message.position for message in branch.reverse()]

    for size in (1, 3, len(whole), len(whole) + 1):
        monkeypatch.setattr(history, "FIRST_FETCH", size)
        assert [each.position for each in history._sizes(branch)] == whole
