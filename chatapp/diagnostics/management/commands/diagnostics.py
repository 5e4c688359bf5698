"""`manage.py diagnostics`: what works and what doesn't, one result after another."""

import asyncio
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import ngettext

from chatapp.diagnostics.checks import CHECKS
from chatapp.diagnostics.results import Result
from chatapp.diagnostics.runner import Check, run
from chatapp.replies import learning

COLUMNS = "{:<8}{:<24}{}"
INDENT = " " * 8


class Command(BaseCommand):
    help = (
        "Checks everything that the app depends on, and prints how to fix what is wrong. Ends with "
        "1 if a check failed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--forget-learned",
            action="store_true",
            help="first forget what was learned about the models of the service",
        )

    def handle(self, **options: Any) -> None:
        if options["forget_learned"]:
            learning.forget()
        results = asyncio.run(self._run_all())
        failed = sum(result.level == "red" for result in results)
        if failed:
            raise CommandError(ngettext("%s check failed.", "%s checks failed.", failed) % failed)

    async def _run_all(self) -> list[Result]:
        """Run all side by side. Print them in order, each as soon as it is known."""
        tasks = [asyncio.create_task(run(check)) for check in CHECKS]
        for check, task in zip(CHECKS, tasks, strict=True):
            self._print(check, await task)
        return [task.result() for task in tasks]

    def _print(self, check: Check, result: Result) -> None:
        styles = {
            "green": self.style.SUCCESS,
            "yellow": self.style.WARNING,
            "red": self.style.ERROR,
            "note": self.style.HTTP_INFO,
        }
        line = COLUMNS.format(result.level, str(check.title), result.found)
        self.stdout.write(styles[result.level](line[: len(INDENT)]) + line[len(INDENT) :])
        for text in (result.fix, result.command):
            if text:
                self.stdout.write(f"{INDENT}{text}")
