from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from chatapp.accounts.management.person_command import PersonCommand
from chatapp.accounts.password_links import password_link
from chatapp.server.local_port import HOST, local_port


class Command(PersonCommand):
    help = "Print a link with which a person can choose a new password. It works once."

    def handle(self, *, email: str, **options: Any) -> None:
        if not settings.PASSWORDS:
            raise CommandError("Passwords are off. Set CHAT_PASSWORDS=true first.")
        person = self.find(email)
        self.stdout.write(f"{settings.PUBLIC_ORIGIN or _origin()}{password_link(person)}")


def _origin() -> str:
    return "https://<your app>" if settings.ON_DYNO else f"http://{HOST}:{local_port()}"
