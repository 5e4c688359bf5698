"""Commands about people, and what every command does where it can't go on."""

import io
import socket
from pathlib import Path
from unittest.mock import Mock, patch

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, OperationalError
from django.db.migrations.recorder import MigrationRecorder

from chatapp.accounts.models import Person
from chatapp.management import running
from chatapp.server import local_port

FIRST_MODEL = next(iter(settings.CATALOG))


def test_add_person_reads_the_password_from_stdin(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))

    call_command("add_person", "New@Example.com", "--password-stdin", stdout=io.StringIO())

    person = Person.objects.get(email="new@example.com")
    assert person.check_password("a long enough password")
    assert not person.is_owner


@pytest.mark.parametrize(
    ("options", "role", "models"),
    [
        ([], "member", []),
        (["--role", "admin"], "admin", []),
        (["--role", "guest"], "guest", list(settings.CATALOG)[:1]),
        (
            ["--role=guest", *(f"--model={each}" for each in settings.CATALOG)],
            "guest",
            list(settings.CATALOG),
        ),
    ],
)
def test_add_person_gives_a_role(
    db: None, monkeypatch: pytest.MonkeyPatch, options: list[str], role: str, models: list[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))

    call_command(
        "add_person", "new@example.com", "--password-stdin", *options, stdout=io.StringIO()
    )

    person = Person.objects.get()
    assert (person.role, person.allowed_models) == (role, models)


@pytest.mark.parametrize(
    "options", [["--role", "owner"], ["--role=guest", "--model=x"], [f"--model={FIRST_MODEL}"]]
)
def test_add_person_refuses_other_roles_and_models(db: None, options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("add_person", "new@example.com", "--password-stdin", *options)
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("email", "password"), [("no address", "a long enough password"), ("a@example.com", "short")]
)
def test_add_person_explains_errors(
    db: None, monkeypatch: pytest.MonkeyPatch, email: str, password: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))

    with pytest.raises(CommandError):
        call_command("add_person", email, "--password-stdin")


@pytest.mark.parametrize("email", ["\udcff@example.com", "ada@\udcff.example", "a\0@example.com"])
def test_add_person_accepts_only_valid_text_as_an_email(
    db: None, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    """A terminal gives wrong bytes as halves of surrogate pairs."""
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))

    with pytest.raises(CommandError, match="email"):
        call_command("add_person", email, "--password-stdin")
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "password", [b"long enough \xff", b"long enough \xed\xa0\xbd", b"long \0 one"]
)
@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])  # by the terminal's language
def test_add_person_accepts_only_valid_text_as_a_password(
    db: None, monkeypatch: pytest.MonkeyPatch, password: bytes, errors: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(password), "utf-8", errors))

    with pytest.raises(CommandError, match="isn't valid text"):
        call_command("add_person", "a@example.com", "--password-stdin")
    assert not Person.objects.exists()


def test_an_email_that_is_not_valid_text_gets_no_link(db: None) -> None:
    with pytest.raises(CommandError, match="There is no account"):
        call_command("password_link", "\udcff@example.com")


def test_add_person_without_a_terminal_ends_with_a_sentence(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("getpass.getpass", Mock(side_effect=EOFError))

    with pytest.raises(CommandError, match="--password-stdin"):
        call_command("add_person", "a@example.com")


def create_owner(email: str = "boss@example.com") -> None:
    call_command("createsuperuser", "--noinput", "--email", email, stdout=io.StringIO())


def test_createsuperuser_makes_the_owner(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    create_owner()

    assert Person.objects.get(email="boss@example.com").is_owner


@pytest.mark.parametrize("password", ["short", "password", "boss@example.com", "\udcff" * 12])
def test_createsuperuser_has_the_same_rules_for_passwords(
    db: None, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)

    with pytest.raises(CommandError, match="password"):
        create_owner()
    assert not Person.objects.exists()


def test_createsuperuser_reports_that_there_is_an_owner(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    with pytest.raises(CommandError, match="has an owner"):
        create_owner()


def run_failing(error: BaseException) -> str:
    """What is printed when a command fails with this error."""
    with (
        patch.object(running, "execute_from_command_line", side_effect=error),
        pytest.raises(SystemExit) as ended,
    ):
        running.run(["manage.py", "createsuperuser", "--noinput"])
    return str(ended.value)


def test_a_command_before_the_first_run_ends_with_a_sentence(db: None) -> None:
    with patch.object(MigrationRecorder, "applied_migrations", return_value={}):
        assert "manage.py migrate" in run_failing(OperationalError("no such table"))


def test_another_error_of_the_database_stays_one(db: None) -> None:
    with (
        patch.object(running, "execute_from_command_line", side_effect=IntegrityError),
        pytest.raises(IntegrityError),
    ):
        running.run(["manage.py", "storage"])


def test_a_question_without_an_answer_ends_with_a_sentence() -> None:
    assert "run this command in a terminal" in run_failing(EOFError())


@pytest.fixture
def port_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / ".port"
    monkeypatch.setattr(local_port, "FILE", path)
    return path


def test_a_link_has_the_port_of_the_server_that_runs(
    owner: Person, port_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with local_port.announced(port):
            call_command("password_link", owner.email)

    assert capsys.readouterr().out.startswith(f"http://127.0.0.1:{port}/account/reset/")
    assert not port_file.exists()


@pytest.mark.parametrize("left", ["1 1", "nonsense", "", "99999999 2"])
def test_the_port_of_a_server_that_was_killed_is_not_used(port_file: Path, left: str) -> None:
    port_file.write_text(left)

    assert local_port.local_port() == settings.PORT


def test_a_server_leaves_the_port_of_another_one(port_file: Path) -> None:
    with local_port.announced(9000):
        port_file.write_text("9000 1")

    assert port_file.read_text() == "9000 1"
