import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.server.valid_text import make_valid

ROLES = (Role.ADMIN, Role.MEMBER, Role.GUEST)
NO_TERMINAL = "There is no terminal to ask for the password. Use --password-stdin."
NOT_TEXT = "The password isn't valid text: use UTF-8 without NUL."


class Command(BaseCommand):
    help = "Add a person, who may then sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

        roles = [role.value for role in ROLES]
        parser.add_argument("--role", choices=roles, default=Role.MEMBER.value)
        parser.add_argument(
            "--model",
            action="append",
            dest="models",
            choices=list(settings.CATALOG),
            help="a model that a guest may use, the site's first one by default; can be repeated",
        )

    def handle(
        self,
        *,
        email: str,
        password_stdin: bool,
        role: str,
        models: list[str] | None,
        **options: Any,
    ) -> None:
        if make_valid(email) != email:
            raise CommandError("The email isn't valid text.")
        if models and role != Role.GUEST:
            raise CommandError("--model is for guests; others may use every model.")
        # Without passwords the person signs in with the provider, by this email.
        password = _read_password(password_stdin) if settings.PASSWORDS else None
        person = Person(email=Person.objects.normalize_email(email), assigned_role=role)
        if role == Role.GUEST:
            person.allowed_models = models or list(settings.CATALOG)[:1]
        person.set_password(password)
        try:
            if password is not None:
                validate_password(password, person)
            person.full_clean(exclude={"allowed_models"})  # it may be empty
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
