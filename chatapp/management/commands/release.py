from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prepare a release: update the database."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        """Migrate the database. If it fails, the platform keeps the old release."""
        if settings.DATABASE_MISSING:
            # The release is deployed all the same, and its only page explains this.
            self.stderr.write("No database yet: heroku addons:create heroku-postgresql:essential-0")
            return
        call_command("migrate", interactive=False)
