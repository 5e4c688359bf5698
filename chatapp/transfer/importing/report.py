"""The report of an import: counts that the job adds up, and the sentences that a person reads.

The counts are stored as JSON in `Import.report`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from chatapp.projects.models import Project
from chatapp.transfer.importing.adding import Added
from chatapp.transfer.importing.projects import AddedProject, fingerprint

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
# What wasn't imported of the chats that came in. The keys are those of `Skipped` and more.
SKIPPED: dict[str, Any] = {
    "audio": ngettext_lazy("%(count)d recording", "%(count)d recordings", "count"),
    "cycle": ngettext_lazy(
        "%(count)d message came before itself; it begins a version of its own",
        "%(count)d messages came before themselves; each begins a version of its own",
        "count",
    ),
    "document_missing": ngettext_lazy(
        "%(count)d document that isn't in the export",
        "%(count)d documents that aren't in the export",
        "count",
    ),
    "document_quota": ngettext_lazy(
        "%(count)d document for which there is no space. Delete some, then import again",
        "%(count)d documents for which there is no space. Delete some, then import again",
        "count",
    ),
    "document_unreadable": ngettext_lazy(
        "%(count)d document that can't be read", "%(count)d documents that can't be read", "count"
    ),
    "duplicate": ngettext_lazy(
        "%(count)d message that the export has twice",
        "%(count)d messages that the export has twice",
        "count",
    ),
    "empty": ngettext_lazy("%(count)d empty message", "%(count)d empty messages", "count"),
    "empty_conversation": ngettext_lazy(
        "%(count)d chat without messages", "%(count)d chats without messages", "count"
    ),
    "file": ngettext_lazy(
        "%(count)d file that isn't an image, or isn't in the export; the chat names it",
        "%(count)d files that aren't images, or aren't in the export; the chats name them",
        "count",
    ),
    "image": ngettext_lazy(
        "%(count)d image of a search, which the export doesn't hold",
        "%(count)d images of searches, which the export doesn't hold",
        "count",
    ),
    "image_missing": ngettext_lazy(
        "%(count)d image that isn't in the export",
        "%(count)d images that aren't in the export",
        "count",
    ),
    "image_quota": ngettext_lazy(
        "%(count)d image for which there is no space. Delete some, then import again",
        "%(count)d images for which there is no space. Delete some, then import again",
        "count",
    ),
    "image_too_large": ngettext_lazy(
        "%(count)d image that is too large", "%(count)d images that are too large", "count"
    ),
    "image_unreadable": ngettext_lazy(
        "%(count)d image that can't be read", "%(count)d images that can't be read", "count"
    ),
    "instructions": ngettext_lazy(
        "%(count)d message with instructions or memory",
        "%(count)d messages with instructions or memory",
        "count",
    ),
    "long_instructions": ngettext_lazy(
        "The end of the very long instructions of %(count)d project",
        "The ends of the very long instructions of %(count)d projects",
        "count",
    ),
    "long_text": ngettext_lazy(
        "The end of %(count)d very long message",
        "The ends of %(count)d very long messages",
        "count",
    ),
    "missing_parent": ngettext_lazy(
        "%(count)d message answers one that isn't in the export; it begins a version",
        "%(count)d messages answer some that aren't in the export; each begins a version",
        "count",
    ),
    "prompts": ngettext_lazy(
        "%(count)d prompt that is here already, or for which there is no room",
        "%(count)d prompts that are here already, or for which there is no room",
        "count",
    ),
    "project": ngettext_lazy(
        "The project of %(count)d chat, which isn't in the export or is in the trash here",
        "The projects of %(count)d chats, which aren't in the export or are in the trash here",
        "count",
    ),
    "sample_project": ngettext_lazy(
        "%(count)d sample project, which the other product made",
        "%(count)d sample projects, which the other product made",
        "count",
    ),
    "settings": ngettext_lazy(
        "%(count)d setting or draft, as there is one here already",
        "%(count)d settings or drafts, as there are some here already",
        "count",
    ),
    "tools": ngettext_lazy(
        "%(count)d setting of tools. Approve tools and add their servers here",
        "%(count)d settings of tools. Approve tools and add their servers here",
        "count",
    ),
    "unknown": ngettext_lazy(
        "%(count)d part of a message that we don't know",
        "%(count)d parts of messages that we don't know",
        "count",
    ),
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
