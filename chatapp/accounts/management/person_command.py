"""A command about one person, who is named by their email."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from chatapp.accounts.models import Person


class PersonCommand(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def find(self, email: str) -> Person:
        """Return the person with this email. Raises CommandError."""
        try:
            return Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist:
            raise CommandError(f"There is no account with the email {email}.") from None
