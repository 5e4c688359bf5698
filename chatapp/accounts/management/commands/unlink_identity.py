from typing import Any

from allauth.socialaccount.models import SocialAccount

from chatapp.accounts.management.person_command import PersonCommand


class Command(PersonCommand):
    help = "Let a person's next single sign-on link another account of the provider."

    def handle(self, *, email: str, **options: Any) -> None:
        person = self.find(email)
        SocialAccount.objects.filter(user=person).delete()
        self.stdout.write(f"The next single sign-on with {person.email} links its account.")
