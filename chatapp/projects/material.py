"""What a project gives to its conversations: instructions and files, as they are at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from chatapp.conversations.models import Conversation
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.inference.context_window import MAX_IMAGES
from chatapp.projects.models import Project, ProjectFile

# Half of what a request has for images, whatever the chat itself has: so the beginning of a
# request stays the same when an image is attached later.
MAX_IMAGES_ALONG = MAX_IMAGES // 2
MAX_IMAGE_BYTES = 5 * 1024 * 1024  # of all of them, before base64


@dataclass(frozen=True, slots=True)
class Material:
    """The project of a conversation with its files, in the order in which they were added; empty
    for a conversation without one."""

    project: Project | None = None
    files: tuple[ProjectFile, ...] = ()

    @property
    def documents(self) -> list[Document]:
        return [file.document for file in self.files if file.document]

    @property
    def may_have_images(self) -> bool:
        """Return whether there are images or, perhaps, scanned pages."""
        return any(not each.document or has_pages(each.document) for each in self.files)


def material_of(conversation: Conversation) -> Material:
    """Return what a conversation has of its project, while its owner may chat there.

    One query, another one for files if there are any, and none without a project: call it in a
    thread.
    """
    if not conversation.project_id:
        return Material()
    has_files = Exists(ProjectFile.objects.filter(project=OuterRef("pk")))
    usable = Project.objects.usable_by(conversation.owner).annotate(has_files=has_files)
    project = usable.filter(pk=conversation.project_id).first()
    if project is None:
        return Material()
    return Material(project, files_of(project) if project.has_files else ())


def files_of(project: Project) -> tuple[ProjectFile, ...]:
    return tuple(project.files.select_related("document", "image"))


def has_pages(document: Document) -> bool:
    """Return whether a document has pages that may be images."""
    return document.format == Format.PDF


def images_along(files: Sequence[ProjectFile]) -> list[ProjectFile]:
    """Return the images that go along: the oldest, as far as there is room for them."""
    chosen: list[ProjectFile] = []
    size = 0
    for file in files:
        if not file.image or file.refusal:
            continue
        size += file.image.byte_size
        if len(chosen) == MAX_IMAGES_ALONG or (size > MAX_IMAGE_BYTES and chosen):
            break
        chosen.append(file)
    return chosen
