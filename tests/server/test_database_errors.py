"""A database that is full, away or not prepared: what still works, and what people are told."""

from __future__ import annotations

import logging
import re
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection
from django.db.backends.utils import CursorWrapper
from django.test import AsyncClient, Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation, Exchange, trash
from chatapp.images import garbage_collection
from chatapp.images.models import Image
from chatapp.server import database_errors, database_state, logs
from tests.images.conftest import made
from tests.support.people import OWNER, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}
REVOKED = re.compile(r"\s*(INSERT|UPDATE)\b|SELECT.* FOR (UPDATE|NO KEY UPDATE)", re.DOTALL)
ANY = re.compile("")
FULL = "The database is full or read-only"

Failing = Callable[..., AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _not_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_state, "_full", False)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Failing:
    """Make statements of all connections fail as Postgres does."""

    @contextmanager
    def failing(statements: re.Pattern[str], error: type[Exception], cause: Exception) -> Any:
        execute = CursorWrapper._execute

        def fail(self: CursorWrapper, sql: str, *rest: Any) -> Any:
            if statements.match(sql):
                raise error(str(cause)) from cause
            return execute(self, sql, *rest)

        with monkeypatch.context() as patch:
            patch.setattr(CursorWrapper, "_execute", fail)
            yield

    return failing


@pytest.fixture
def full(failing: Failing) -> AbstractContextManager[None]:
    """INSERT, UPDATE and locks are revoked, as Heroku does when a plan is used up."""
    denied = psycopg.errors.InsufficientPrivilege("permission denied for table")
    return failing(REVOKED, ProgrammingError, denied)


@pytest.fixture
def away(failing: Failing) -> AbstractContextManager[None]:
    lost = psycopg.OperationalError("connection failed: Connection refused")
    return failing(ANY, OperationalError, lost)


@pytest.fixture
def tab(owner: Person) -> Client:
    """The owner's, which gets error pages as a real one does."""
    client = Client(raise_request_exception=False)
    client.force_login(owner)
    return client


def send(client: Client, **headers: str) -> Any:
    fields = {"client_id": str(uuid.uuid4()), "text": "Hello"}
    return client.post(f"/c/{uuid.uuid4()}/messages", fields, headers=headers)


def save_draft(client: Client) -> Any:
    fields = {"client_id": str(uuid.uuid4()), "text": "Hel", "edit": "1", "tab": str(uuid.uuid4())}
    return client.post("/draft", fields, headers=JSON)


def test_a_full_database_is_read_and_one_banner_says_why(
    tab: Client, exchange: Exchange, full: AbstractContextManager[None]
) -> None:
    with full:
        database_state.probe()
        page = tab.get(exchange.reply.conversation.get_absolute_url())

    assert page.status_code == 200
    assert "A reply." in page.text
    assert page.text.count(FULL) == 1
    assert "Choose a larger plan" in page.text


def test_a_member_sees_the_banner_without_the_owners_commands(
    signed_in: Callable[[Person], Client], member: Person, full: AbstractContextManager[None]
) -> None:
    client = signed_in(member)
    with full:
        database_state.probe()
        page = client.get("/").text

    assert FULL in page
    assert "larger plan" not in page


def test_what_is_to_be_saved_is_refused_with_a_sentence(
    tab: Client, full: AbstractContextManager[None], no_reply: Any
) -> None:
    with full:
        answers = [send(tab, **JSON), save_draft(tab)]
        page = send(tab)

    assert [answer.status_code for answer in (*answers, page)] == [507, 507, 507]
    for answer in answers:
        assert answer.json()["error"].startswith(FULL)
        assert "your text is kept" in answer.json()["error"]
    assert FULL in page.text


async def test_asynchronous_requests_are_answered_in_the_same_way(
    owner: Person, full: AbstractContextManager[None]
) -> None:
    client = AsyncClient(raise_request_exception=False)
    await client.aforce_login(owner)
    with full:
        fields = {"client_id": str(uuid.uuid4()), "text": "Hello"}
        answer = await client.post(f"/c/{uuid.uuid4()}/messages", fields, headers=JSON)

    assert answer.status_code == 507


def test_signing_in_explains_it(
    owner: Person, stranger_client: Client, full: AbstractContextManager[None]
) -> None:
    stranger_client.raise_request_exception = False
    with full:
        answer = stranger_client.post("/account/sign-in/", {"login": OWNER, "password": PASSWORD})

    assert (answer.status_code, FULL in answer.text) == (507, True)


def test_conversations_and_their_images_are_deleted(
    tab: Client, exchange: Exchange, full: AbstractContextManager[None], owner: Person
) -> None:
    image = Image.objects.store(owner, made())
    Attachment.objects.create(message=exchange.message, image=image, position=0)
    Image.objects.update(keep_until=timezone.now())
    path = exchange.reply.conversation.get_absolute_url()
    with full:
        database_state.probe()
        asked = tab.post(f"{path}deletion", headers=JSON)
        kept = Conversation.objects.exists()
        answer = tab.post(f"{path}deletion", {"for_good": "on"}, headers=JSON)
        garbage_collection.collect(timezone.now(), owner)

    assert asked.status_code == 507
    assert "Delete this chat for good?" in asked.json()["html"]
    assert kept
    assert answer.status_code < 400
    assert not Conversation.objects.exists()
    assert not Image.objects.exists()


def test_the_trash_is_emptied(
    tab: Client, exchange: Exchange, full: AbstractContextManager[None]
) -> None:
    trash.trash(exchange.conversation)
    with full:
        database_state.probe()
        page = tab.get("/trash/")
        restored = tab.post(f"/c/{exchange.conversation.pk}/restoration", headers=JSON)
        until = timezone.now().isoformat()
        answer = tab.post("/trash/emptying", {"until": until}, headers=JSON)

    assert "Empty trash" in page.text
    assert restored.status_code == 507
    assert answer.status_code < 400
    assert not Conversation.objects.exists()


def test_a_chat_is_read_that_nobody_has_seen(
    tab: Client, exchange: Exchange, full: AbstractContextManager[None]
) -> None:
    with full:
        assert tab.get(exchange.conversation.get_absolute_url()).status_code == 200


def test_it_recovers_without_a_restart(
    tab: Client, full: AbstractContextManager[None], no_reply: Any
) -> None:
    with full:
        assert send(tab, **JSON).status_code == 507

    assert FULL not in tab.get("/").text
    assert send(tab, **JSON).status_code == 201


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (psycopg.errors.InsufficientPrivilege(), None),  # its statement would tell
        (psycopg.errors.ReadOnlySqlTransaction(), "full"),
        (psycopg.errors.DiskFull(), "full"),
        (psycopg.errors.UndefinedTable(), "unprepared"),
        (psycopg.errors.UndefinedColumn(), "unprepared"),
        (psycopg.errors.SyntaxError(), None),
        (psycopg.errors.DivisionByZero(), None),
    ],
)
def test_each_kind_is_told_apart(cause: Exception, expected: str | None) -> None:
    error = ProgrammingError("…")
    error.__cause__ = cause

    assert database_errors.kind_of(error) == expected
    assert database_errors.kind_of(ValueError()) is None


def test_a_read_only_sqlite_file_is_full(exchange: Exchange) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
        with pytest.raises(database_errors.DatabaseFull):
            Conversation.objects.update(title="New")
        database_state.probe()
        assert database_state.database_is_full()
        cursor.execute("PRAGMA query_only = OFF")

    database_state.probe()
    assert not database_state.database_is_full()


def test_a_database_that_is_away_is_named(
    tab: Client, away: AbstractContextManager[None], settings: Any
) -> None:
    settings.ON_DYNO = True
    with away:
        page, ready = tab.get("/"), tab.get("/readyz")
        script = tab.get("/", headers=JSON)

    assert (page.status_code, ready.status_code, script.status_code) == (503, 503, 503)
    assert "The database can&#x27;t be used" in page.text
    assert "heroku pg:info" in page.text
    assert "Try again" in script.json()["error"]
    assert tab.get("/healthz").status_code == 200


def test_missing_migrations_are_named_with_the_command(
    tab: Client, failing: Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = psycopg.errors.UndefinedTable("relation does not exist")
    with failing(re.compile(".*conversations_conversation"), ProgrammingError, missing):
        page = tab.get("/")
    names = [*database_state._migrations(), ("chat", "9999_later")]
    monkeypatch.setattr(database_state, "_migrations", lambda: names)
    ready = tab.get("/readyz")

    assert page.status_code == ready.status_code == 503
    assert "manage.py migrate" in page.text
    assert "manage.py migrate" in ready.json()["database"]


def test_other_errors_still_get_the_general_page(tab: Client, failing: Failing) -> None:
    wrong = psycopg.errors.SyntaxError("syntax error")
    with failing(re.compile(".*conversations_conversation"), ProgrammingError, wrong):
        page = tab.get("/")

    assert page.status_code == 500
    assert "Something went wrong" in page.text


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("These are my notes. " * 100)
    with sqlite3.connect(tmp_path / "notes.txt") as file:
        try:
            file.execute("SELECT * FROM sqlite_master")
        except sqlite3.DatabaseError as cause:
            error = DatabaseError(str(cause))
            error.__cause__ = cause
    file.close()

    assert database_errors.kind_of(error) == "away"


def test_a_request_that_fails_for_it_is_one_line_in_the_log() -> None:
    try:
        raise OperationalError("away")
    except OperationalError as error:
        record = logging.makeLogRecord({"exc_info": (type(error), error, error.__traceback__)})

    assert logs.DatabaseErrorFilter().filter(record)
    assert "Traceback" not in logs.line_formatter().format(record)


def test_commands_explain_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "/a/db.sqlite3")
    try:
        sqlite3.connect(tmp_path / "missing" / "db.sqlite3")
    except sqlite3.OperationalError as cause:
        error = OperationalError(str(cause))

    sentence = database_errors.explain(error)

    assert (
        sentence
        == "The database /a/db.sqlite3 (DATABASE_URL) can't be used: unable to open database file"
    )
    assert database_errors.explain(ValueError()) is None
