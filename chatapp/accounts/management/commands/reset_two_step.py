from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chatapp.accounts.models import Person
from chatapp.accounts.two_step.resetting import reset_two_step


class Command(BaseCommand):
    help = "Remove a person's second step (authenticator app, passkeys), when a device is lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            person = Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist:
            raise CommandError(f"There is no account with the email {email}.") from None
        if reset_two_step(person):
            self.stdout.write(f"{person.email} can now sign in with the password alone.")
        else:
            self.stdout.write(f"{person.email} has no second step.")
