import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from chatapp.accounts.models import Person
from chatapp.server.valid_text import make_valid

NO_TERMINAL = "There is no terminal to ask for the password. Use --password-stdin."
NOT_TEXT = "The password isn't valid text: use UTF-8 without NUL."


class Command(BaseCommand):
    help = "Add a person, who may then sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *, email: str, password_stdin: bool, **options: Any) -> None:
        if make_valid(email) != email:
            raise CommandError("The email isn't valid text.")
        # Without passwords the person signs in with the provider, by this email.
        password = _read_password(password_stdin) if settings.PASSWORDS else None
        person = Person(email=email.lower())
        person.set_password(password)
        try:
            if password is not None:
                validate_password(password, person)
            person.full_clean(exclude=["allowed_models"])  # which may be empty
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        person.save()
        self.stdout.write(f"{person.email} can now sign in.")


def _read_password(from_stdin: bool) -> str:
    """Read the password. Invalid text is refused, because a form could never send it."""
    try:
        password = sys.stdin.readline().rstrip("\n") if from_stdin else getpass.getpass()
    except UnicodeDecodeError as error:
        raise CommandError(NOT_TEXT) from error
    except EOFError as error:
        raise CommandError(NO_TERMINAL) from error
    if make_valid(password) != password:
        raise CommandError(NOT_TEXT)
    return password
