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


def remove(project: Project, file_id: int) -> None:
    """Remove a file, unless it is gone: the next request of each conversation is without it.

    The file itself is deleted once nothing else uses it.
    """
    project.files.filter(pk=file_id).delete()
