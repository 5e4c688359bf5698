import sys
from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Refuse to start Django's development server, and name what to start instead."
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        super().run_from_argv(argv[:2])  # its options don't matter

    def handle(self, **options: Any) -> None:
        sys.exit(
            "runserver has no websockets, so replies wouldn't appear. Run: make run, or "
            "python manage.py serve --local"
        )
