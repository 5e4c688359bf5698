from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chatapp.accounts.models import Person
from chatapp.accounts.password_links import password_link
from chatapp.server.local_port import HOST, local_port


class Command(BaseCommand):
    help = "Print a link with which a person can choose a new password. It works once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        if not settings.PASSWORDS:
            raise CommandError("Passwords are off. Set CHAT_PASSWORDS=true first.")
        try:
            person = Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist:
            raise CommandError(f"There is no account with the email {email}.") from None
        self.stdout.write(f"{settings.PUBLIC_ORIGIN or _origin()}{password_link(person)}")


def _origin() -> str:
    return "https://<your app>" if settings.ON_DYNO else f"http://{HOST}:{local_port()}"
