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
def test_add_person_says_what_is_wrong(
    db: None, monkeypatch: pytest.MonkeyPatch, email: str, password: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))

    with pytest.raises(CommandError):
        call_command("add_person", email, "--password-stdin")


def test_createsuperuser_makes_the_owner(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "a long enough password")

    call_command(
        "createsuperuser", "--noinput", "--email", "boss@example.com", stdout=io.StringIO()
    )

    assert Person.objects.get(email="boss@example.com").is_owner
