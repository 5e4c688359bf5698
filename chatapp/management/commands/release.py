from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "What a release needs before it serves: the database brought up to date."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """A migration that fails ends with an error, and the platform keeps the old release."""
        if settings.DATABASE_MISSING:
            # The release goes live and its one page tells the same.
            self.stderr.write("No database yet: heroku addons:create heroku-postgresql:essential-0")
            return
        call_command("migrate", interactive=False)
