from argparse import ArgumentParser
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.core.management.base import BaseCommand, CommandError

from chatapp.accounts.models import Person


class Command(BaseCommand):
    help = "Let a person's next single sign-on link another account of the provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            person = Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist:
            raise CommandError(f"There is no account with the email {email}.") from None
        SocialAccount.objects.filter(user=person).delete()
        self.stdout.write(f"The next single sign-on with {person.email} links its account.")
