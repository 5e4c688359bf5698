"""Adding files to a project and removing them, which only its owner does."""

from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.documents.models import Document
from chatapp.documents.uploads import store_file
from chatapp.images.models import Image
from chatapp.images.shown_image import ShownImage
from chatapp.projects.models import Project, ProjectFile

MAX_FILES = 50  # of one project


class TooManyFiles(Exception):
    """Report that a project has all the files that it can have; `sentence` is for the person."""

    def __init__(self) -> None:
        self.sentence = _(
            "A project can have up to %(count)s files. Remove one before you add another."
        ) % {"count": MAX_FILES}
        super().__init__(self.sentence)


async def store(owner: Person, project: Project, upload: UploadedFile) -> ProjectFile:
    """Store an upload of up to 50 MB and add it to a project.

    Raises TooManyFiles, ImageRefused, DocumentRefused, and Project.DoesNotExist when the project
    is gone by then.
    """
    await sync_to_async(check_room)(project)
    # In a project, an image has one place: a long screenshot isn't cut into parts.
    [stored] = await store_file(owner, upload, 1)
    file = stored.image if isinstance(stored, ShownImage) else stored
    return await sync_to_async(add)(project, file)


def check_room(project: Project) -> None:
    """Raise TooManyFiles when no more files can be added, before one is read for nothing."""
    if project.files.count() >= MAX_FILES:
        raise TooManyFiles


@transaction.atomic
def add(project: Project, file: Document | Image) -> ProjectFile:
    """Add a stored file as the last one. A file that is there already stays where it is, and the
    model service may try it again. Raises TooManyFiles and Project.DoesNotExist."""
    # Two at once wait for each other here, so that they are counted.
    Project.objects.present().select_for_update().get(pk=project.pk)
    which = {"document": file} if isinstance(file, Document) else {"image": file}
    present: ProjectFile | None = project.files.filter(**which).first()
    if present is None:
        check_room(project)
        return ProjectFile.objects.create(project=project, **which)
    if present.refusal:
        present.refuse("")
    return present


def remove(project: Project, file_id: int) -> ProjectFile | None:
    """Remove a file and return what `put_back` takes, or None if it was gone: the next request of
    each conversation is without it.

    The file itself is deleted an hour later, if nothing else uses it.
    """
    removed: ProjectFile | None = project.files.filter(pk=file_id).first()
    if removed:
        _held(removed)
        ProjectFile.objects.filter(pk=file_id).delete()
    return removed


@transaction.atomic
def put_back(removed: ProjectFile) -> bool:
    """Undo a removal, in the same place; return False when the file itself is gone.

    Raises TooManyFiles and Project.DoesNotExist.
    """
    project = Project.objects.present().select_for_update().get(pk=removed.project_id)
    file = _held(removed)
    if file is None:
        return False
    which = {"document": file} if isinstance(file, Document) else {"image": file}
    if not project.files.filter(**which).exists():
        check_room(project)
        ProjectFile.objects.create(pk=removed.pk, project=project, **which)
    return True


def _held(removed: ProjectFile) -> Document | Image | None:
    """Return the file of the project's owner, and keep it from being deleted for an hour."""
    owner = removed.project.owner
    if removed.document_id:
        return Document.objects.hold(owner, [removed.document_id]).get(str(removed.document_id))
    ids = [removed.image_id] if removed.image_id else []
    return next(iter(Image.objects.hold(owner, ids)), None)
