"""The report of an import: counts that the job adds up, and the sentences that a person reads.

The counts are stored as JSON in `Import.report`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.projects.models import Project
from chatapp.transfer.importing.adding import Added
from chatapp.transfer.importing.projects import AddedProject, fingerprint
from chatapp.transfer.importing.skipped import SKIPPED

MAX_PROBLEMS = 40  # that are named; the rest is counted
MAX_NAMED = 20  # projects on the page
MAX_MADE = 1_000  # projects of an import that go when it is removed

# Why a file, or a part of it, wasn't read. The keys are those of `ArchiveRefused`, of
# `json_items.Problem` and of `sources.Found`.
PROBLEMS: dict[str, Any] = {
    "bomb": gettext_lazy("unpacks to far more than it seems, so it wasn't read to its end."),
    "broken_zip": gettext_lazy(
        "is damaged or isn't a zip. Download it again, and choose it here as it is."
    ),
    "encrypted": gettext_lazy("is locked with a password. Unlock it, and choose it again."),
    "too_large": gettext_lazy("has a chat or a part that is too large to import."),
    "too_many_entries": gettext_lazy("has too many files in it."),
    "not_json": gettext_lazy("has something that can't be read as JSON."),
    "truncated": gettext_lazy("ends in the middle. What came before its end was imported."),
    "missing_shard": gettext_lazy("is named by the export but isn't in the zip."),
    "inner_zip": gettext_lazy(
        "is a zip inside the zip. Unpack the outer one, and choose this one."
    ),
    "no_conversations": gettext_lazy("has no chats that we know how to read."),
    "nothing": gettext_lazy("has nothing in it."),
    "downloads": gettext_lazy(
        "only lists downloads; choose conversations-000.zip and projects-000.zip."
    ),
    "newer_version": gettext_lazy("was made by a newer version of this app. Update this site."),
    "not_conversation": gettext_lazy("has entries that aren't chats."),
    "broken_conversation": gettext_lazy("has a chat that can't be read."),
    "broken_project": gettext_lazy("has a project that can't be read."),
}
# Any of these means that an import found something.
COUNTED = (
    *("conversations", "grown", "known", "gone"),
    *("projects", "known_projects", "gone_projects"),
)


class ProblemLine(NamedTuple):
    name: str
    sentence: str


class Report:
    """Counts; `values` is what is stored."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values

    def number(self, name: str) -> int:
        count: int = self.values.get(name, 0)
        return count

    def count(self, name: str, number: int = 1) -> None:
        self.values[name] = self.number(name) + number

    def skip(self, reasons: Mapping[Any, int]) -> None:
        """Count what wasn't imported, by its reason."""
        skipped = self.values.setdefault("skipped", {})
        for reason, number in reasons.items():
            skipped[str(reason)] = skipped.get(str(reason), 0) + number

    def problem(self, kind: str, name: str) -> None:
        """Count why a file or a part of it isn't read; each kind once for each name."""
        problems = self.values.setdefault("problems", [])
        if [kind, name] in problems:
            return
        if len(problems) < MAX_PROBLEMS:
            problems.append([kind, name])
        else:
            self.count("more_problems")

    def add(self, added: Added) -> None:
        if added.is_gone:
            self.count("gone")
        elif added.is_new:
            self.count("conversations")
        else:
            self.count("grown" if added.messages else "known")
        self.count("messages", added.messages)

    def add_project(self, added: AddedProject) -> None:
        """Count a project. A new one is noted as it is now, for when the import is removed."""
        if added.is_gone:
            self.count("gone_projects")
            return
        if added.has_no_room:
            self.skip({"more_projects": 1})
            return
        if added.files_left:
            self.skip({"more_files": added.files_left})
        self.count("projects" if added.is_new else "known_projects")
        self.count("project_files", added.files)
        if added.is_new and len(self.made_projects) < MAX_MADE:
            stored = Project.objects.get(pk=added.project.pk)
            made = self.values.setdefault("made_projects", [])
            made.append([str(stored.pk), fingerprint(stored), stored.name])

    @property
    def made_projects(self) -> dict[str, str]:
        """Return digests of the projects that the import made, by their ids."""
        return {id_: digest for id_, digest, _name in self.values.get("made_projects", ())}

    @property
    def project_names(self) -> list[str]:
        return [name for *_key, name in self.values.get("made_projects", ())[:MAX_NAMED]]

    @property
    def more_projects(self) -> int:
        return self.number("projects") - len(self.project_names)

    @property
    def is_empty(self) -> bool:
        """Return whether there was nothing to import."""
        return not any(map(self.number, COUNTED))

    @property
    def skipped_lines(self) -> list[str]:
        skipped = sorted(self.values.get("skipped", {}).items())
        return [str(SKIPPED[reason] % {"count": n}) for reason, n in skipped if reason in SKIPPED]

    @property
    def problem_lines(self) -> list[ProblemLine]:
        problems = self.values.get("problems", [])
        found = [ProblemLine(name, str(PROBLEMS[kind])) for kind, name in problems]
        if more := self.number("more_problems"):
            found.append(ProblemLine("", _("%(count)d more problems.") % {"count": more}))
        return found
