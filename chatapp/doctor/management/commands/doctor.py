"""`manage.py doctor`: what works and what does not, a line for each check."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from chatapp.doctor.checks import CHECKS, Check
from chatapp.doctor.examination import examine
from chatapp.doctor.result import Result

COLUMNS = "{:<8}{:<24}{}"
INDENT = " " * 8


class Command(BaseCommand):
    help = "Checks live whatever the app stands on, and says how to mend it; ends with 1 when red."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        results = asyncio.run(self._examine())
        reds = sum(result.level == "red" for result in results)
        if reds:
            raise CommandError(ngettext("%s check is red.", "%s checks are red.", reds) % reds)

    async def _examine(self) -> list[Result]:
        """All side by side, printed in their order as soon as each is known."""
        tasks = [asyncio.create_task(examine(check)) for check in CHECKS]
        for check, task in zip(CHECKS, tasks, strict=True):
            self._show(check, await task)
        return [task.result() for task in tasks]

    def _show(self, check: Check, result: Result) -> None:
        styles = {
            "green": self.style.SUCCESS,
            "yellow": self.style.WARNING,
            "red": self.style.ERROR,
            "note": self.style.HTTP_INFO,
        }
        line = COLUMNS.format(result.level, str(check.title), result.found)
        self.stdout.write(styles[result.level](line[: len(INDENT)]) + line[len(INDENT) :])
        for words in (result.fix, result.command):
            if words:
                self.stdout.write(f"{INDENT}{words}")
