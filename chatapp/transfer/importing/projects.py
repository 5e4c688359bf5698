"""Add projects of an export to those of a person, and take back what nobody has changed since."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.names import clean_name
from chatapp.conversations.models import Conversation, ModelSettings
from chatapp.conversations.sidebar_events import sidebars_changed
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.projects.listing import has_room
from chatapp.projects.models import NAME_LENGTH, Project, ProjectFile
from chatapp.transfer.importing.adding import project_key
from chatapp.transfer.importing.formats.project import MAX_DOCUMENTS, ReadProject

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

DIGEST_LENGTH = 16  # hex characters
MAX_FILES = MAX_DOCUMENTS  # of one project, however many imports bring them


class NewFile(NamedTuple):
    """A document or an image that a project of an export has, as it is stored here."""

    file: Document | Image
    added_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddedProject:
    """The result of adding a project. `is_gone` says that it is in the trash here, `has_no_room`
    that the person has as many as there can be. `files_left` counts files that were too many."""

    project: Project
    is_new: bool
    files: int = 0
    files_left: int = 0
    is_gone: bool = False
    has_no_room: bool = False


def add_read(person: "Person", read: ReadProject, files: Sequence[NewFile]) -> AddedProject:
    """Add a project of another product; call it in a transaction."""
    project = Project(
        pk=project_key(person, read.source, read.id),
        owner=person,
        name=shown_name(read.name),
        instructions=read.instructions,
        created_at=read.created_at or timezone.now(),
    )
    return add(project, files)


def add(project: Project, files: Sequence[NewFile]) -> AddedProject:
    """Add a project, or the files that one which is here lacks; the rest of that stays as it is.

    Call it in a transaction.
    """
    here = Project.objects.select_for_update(no_key=True).filter(pk=project.pk).first()
    if here and (here.trashed_at or here.owner_id != project.owner_id):
        return AddedProject(here, is_new=False, is_gone=True)
    if here is None:
        if not has_room(project.owner):
            return AddedProject(project, is_new=False, has_no_room=True)
        project.save(force_insert=True)
    return AddedProject(here or project, here is None, *_add_files(here or project, files))


def shown_name(name: str) -> str:
    return clean_name(name)[:NAME_LENGTH].strip() or _("Imported project")


def fingerprint(project: Project) -> str:
    """Return a digest of what a person may change of a project."""
    values: list[Any] = [project.name, project.trashed_at]
    values += [getattr(project, one.name) for one in fields(ModelSettings)]
    values += [(file.document_id, file.image_id) for file in project.files.all()]
    # A database may give the members of an object back in another order.
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST_LENGTH]


def count_unchanged(made: Mapping[str, str]) -> int:
    """Return how many projects are as an import made them, and shared with nobody, by their
    digests then."""
    rows = Project.objects.present().filter(pk__in=made, members=None).prefetch_related("files")
    return sum(fingerprint(project) == made[str(project.pk)] for project in rows)


@transaction.atomic
def remove_if_unused(project_id: str, digest: str) -> None:
    """Move a project to the trash that nobody has changed or shared and in which nothing is."""
    rows = Project.objects.present().select_for_update(no_key=True).filter(pk=project_id)
    project = rows.first()
    if project is None or fingerprint(project) != digest:
        return
    inside = Conversation.objects.filter(project=project)
    if project.members.exists() or inside.present().exists():
        return
    inside.update(project=None, former_project=project.pk)
    rows.update(trashed_at=timezone.now())
    sidebars_changed([project.owner_id])


def _add_files(project: Project, files: Sequence[NewFile]) -> tuple[int, int]:
    """Add the files that the project lacks, in their order, as far as there is room for them;
    return how many that are, and how many had no room."""
    present = list(project.files.values_list("document", "image"))
    known = {key for pair in present for key in pair if key}
    rows = []
    for file, added_at in files:
        if file.pk not in known:
            known.add(file.pk)
            kind = "document" if isinstance(file, Document) else "image"
            when = min(added_at or timezone.now(), timezone.now())
            rows.append(ProjectFile(project=project, added_at=when, **{kind: file}))
    added = rows[: max(0, MAX_FILES - len(present))]
    ProjectFile.objects.bulk_create(added)
    return len(added), len(rows) - len(added)
