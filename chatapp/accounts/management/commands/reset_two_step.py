from typing import Any

from chatapp.accounts.management.person_command import PersonCommand
from chatapp.accounts.two_step.resetting import reset_two_step


class Command(PersonCommand):
    help = "Remove a person's second step (authenticator app, passkeys), when a device is lost."

    def handle(self, *, email: str, **options: Any) -> None:
        person = self.find(email)
        if reset_two_step(person):
            self.stdout.write(f"{person.email} can now sign in with the password alone.")
        else:
            self.stdout.write(f"{person.email} has no second step.")
