"""Projects of this app's export: they come back with their settings and files."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils import timezone
from msgspec.structs import asdict

from chatapp.projects.models import Project
from chatapp.transfer.importing import projects
from chatapp.transfer.importing.own.found_files import FindFiles
from chatapp.transfer.importing.own.lookups import other_id
from chatapp.transfer.importing.own.records import ProjectRecord, SettingsRecord
from chatapp.transfer.importing.projects import AddedProject, NewFile

if TYPE_CHECKING:
    from chatapp.accounts.models import Person


def add(person: "Person", record: ProjectRecord, find: FindFiles) -> AddedProject:
    """Add a project, or the files that it lacks; call it in a transaction."""
    now = timezone.now()
    project = Project(
        pk=_key(person, record.id),
        owner=person,
        name=projects.shown_name(record.name),
        created_at=min(record.created_at or now, now),
        **settings_columns(record.settings),
    )
    return projects.add(project, list(_files(record, find)))


def settings_columns(record: SettingsRecord) -> dict[str, object]:
    """Return the settings of a record as they may be stored."""
    values: dict[str, object] = asdict(record)
    if record.temperature is not None and record.top_p is not None:
        values["top_p"] = None  # the service takes one of them
    return values


def places_of(person: "Person", project: uuid.UUID | None) -> list[uuid.UUID]:
    """Return the ids that a project of a file may have here: the one that an import of this person
    gave to it comes first."""
    return [other_id(person, project), project] if project else []


def _key(person: "Person", id_: uuid.UUID) -> uuid.UUID:
    others = Project.objects.filter(pk=id_).exclude(owner=person)
    return other_id(person, id_) if others.exists() else id_


def _files(record: ProjectRecord, find: FindFiles) -> Iterator[NewFile]:
    for each in record.files:
        if each.image and (image := find.image(each.image)):
            yield NewFile(image, each.added_at)
        elif each.document and (document := find.document(each.document)):
            yield NewFile(document, each.added_at)
