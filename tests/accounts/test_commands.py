"""People added from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command

from chatapp.accounts.models import Person


def test_add_person_reads_the_password_from_stdin(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))

    call_command("add_person", "New@Example.com", "--password-stdin", stdout=io.StringIO())

    person = Person.objects.get(email="new@example.com")
    assert person.check_password("a long enough password")
    assert not person.is_owner


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


def test_createsuperuser_makes_the_owner(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    call_command(
        "createsuperuser", "--noinput", "--email", "boss@example.com", stdout=io.StringIO()
    )

    assert Person.objects.get(email="boss@example.com").is_owner
