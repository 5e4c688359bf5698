"""The files of a project as people see them: how large each is, and how much of it goes along."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.documents import labels, page_ranges
from chatapp.documents.page_choice import Choice, choose_first_pages
from chatapp.documents.page_ranges import MAX_PROJECT_TOKENS
from chatapp.documents.worker.protocol import MAX_FILE_BYTES
from chatapp.inference.context_window import image_tokens
from chatapp.projects.material import MAX_IMAGES_ALONG, files_of, images_along
from chatapp.projects.models import Project, ProjectFile


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file with two short lines: what it is, and how much of it goes to the model.

    `tokens` are those of what goes along.
    """

    file: ProjectFile
    facts: str
    along: str
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page shows of the files of a project to a person, who may change them or not."""

    files: list[ListedFile]
    may_change: bool
    max_bytes: int = MAX_FILE_BYTES  # of one file
    max_megabytes: int = MAX_FILE_BYTES // (1024 * 1024)

    @property
    def tokens(self) -> str:
        """Return about how many tokens go along with each message."""
        return f"{labels.rounded(sum(file.tokens for file in self.files)):,}"


def listing_of(project: Project, person: Person) -> Listing:
    """Return the files for the page of the project. Only its owner may change them. Reads the
    database."""
    return Listing(listed(files_of(project)), person.pk == project.owner_id)


def listed(
    files: Sequence[ProjectFile], room: int = MAX_PROJECT_TOKENS, *, with_images: bool = True
) -> list[ListedFile]:
    """Return the files in their order; `room` is in tokens, for the documents among them. A model
    may see no images. Reads the database."""
    choices = choose_first_pages([file.document for file in files if file.document], room)
    chosen = {choice.document.pk: choice for choice in choices}
    excluded = _("It doesn't go along: a project sends its first %(count)s images.")
    if not with_images:
        excluded = _("It doesn't go along: this model can't see images.")
    seen = {file.pk for file in images_along(files)} if with_images else set()
    return [
        _document(file, chosen[file.document.pk]) if file.document else _image(file, seen, excluded)
        for file in files
    ]


def _document(file: ProjectFile, choice: Choice) -> ListedFile:
    document = choice.document
    pages = page_ranges.write(range(1, choice.count + 1))
    along = labels.along(pages, document.page_count, choice.tokens)
    if file.refusal:
        along = f"{along} {_refusal(file)}"
    return ListedFile(file, " · ".join(_facts(document.extent, file)), along, choice.tokens)


def _image(file: ProjectFile, seen: set[int], excluded: str) -> ListedFile:
    assert file.image is not None
    facts = " · ".join(_facts(_("Image"), file))
    if file.refusal:
        return ListedFile(file, facts, _refusal(file))
    if file.pk not in seen:
        return ListedFile(file, facts, excluded % {"count": MAX_IMAGES_ALONG})
    tokens = image_tokens(file.image.width, file.image.height)
    return ListedFile(file, facts, labels.along_as_image(tokens), tokens)


def _facts(kind: str, file: ProjectFile) -> Iterator[str]:
    yield kind
    yield filesizeformat(file.byte_size)


def _refusal(file: ProjectFile) -> str:
    sentence = _("The model service couldn't use the image, so it is left out: %(why)s")
    return sentence % {"why": file.refusal}
