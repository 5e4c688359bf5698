"""What a request has of the files of a project: a message of their own, before all others.

The service gets it as the beginning of the first turn, whichever that is. It is never among what
the person wrote, and has the same bytes until the files change.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chatapp.documents.material import document_name, harmless
from chatapp.documents.models import DocumentPage
from chatapp.documents.page_choice import Choice, Names, choose_first_pages, rest_of, texts_of
from chatapp.documents.page_ranges import MAX_PROJECT_TOKENS
from chatapp.inference import ChatMessage, ImagePart, Model, TextPart
from chatapp.inference.context_window import message_tokens
from chatapp.projects.material import MAX_IMAGES_ALONG, has_pages, images_along
from chatapp.projects.models import ProjectFile
from chatapp.replies import learning
from chatapp.replies.prompt import image_delivery
from chatapp.replies.prompt.documents import scan_parts
from chatapp.replies.prompt.image_urls import room_for_scans, urls_of
from chatapp.replies.prompt.turns import REFUSED_IMAGE, UNSEEN_IMAGE, image_part
from chatapp.tools.untrusted import plain_line

IMAGE = "[The image “{name}” of the project:]"
EXCLUDED = "[The image “{name}” of the project was left out.]"
QUOTATION_MARKS = str.maketrans("“”", "''")
WINDOW_SHARE = 4  # of a model that reads little, the files have at most one part of so many

type Parts = list[TextPart | ImagePart]


@dataclass(frozen=True, slots=True)
class ProjectTurn:
    """The message, if there is one, and whose images it has."""

    messages: tuple[ChatMessage, ...] = ()
    images: tuple[ProjectFile, ...] = ()
    scanned: tuple[ProjectFile, ...] = ()  # documents whose scanned pages the model sees

    @property
    def urls(self) -> list[str]:
        parts = (part for message in self.messages for part in message.parts)
        return [part.url for part in parts if isinstance(part, ImagePart)]


def project_turn(
    files: Sequence[ProjectFile],
    model: Model,
    delivery: image_delivery.Delivery,
    names: Names,
    *,
    with_images: bool,
) -> ProjectTurn:
    """Return what a model gets of these files; `names` are those by which the reading tools know
    the documents.

    Reads the database, the image store and scanned pages: call it in a thread. Raises
    StoreUnavailable.
    """
    if not files:
        return ProjectTurn()
    with_images = with_images and model.vision
    images = [file for file in files if file.image]
    urls = urls_of(images_along(images)[::-1], delivery) if with_images else {}
    parts = [part for file in images for part in _image_parts(file, urls, model)]
    documents = [file for file in files if file.document]
    room = room_for_files(window_of(model))
    choices = choose_first_pages([file.document for file in documents if file.document], room)
    texts, scans = _document_parts(documents, choices, names, list(urls.values()), with_images)
    message = ChatMessage("user", (*parts, *texts))
    return ProjectTurn(
        (ChatMessage("user", message.parts, message_tokens(message), stays=True),),
        tuple(file for file in images if file.pk in urls),
        tuple(scans),
    )


def window_of(model: Model) -> int:
    """Return how many tokens a model reads, as far as the service has shown."""
    return learning.known(model.id).context_window or model.context_window


def room_for_files(window: int) -> int:
    """Return the tokens of documents that go along for a model that reads `window` tokens."""
    return min(MAX_PROJECT_TOKENS, window // WINDOW_SHARE)


def _image_parts(file: ProjectFile, urls: dict[int, str], model: Model) -> Parts:
    name = _quoted(file.name)
    if file.refusal:
        return [TextPart(REFUSED_IMAGE.format(name=name))]
    if not model.vision:
        return [TextPart(UNSEEN_IMAGE.format(name=name))]
    if file.pk not in urls:
        return [TextPart(EXCLUDED.format(name=name))]
    return [TextPart(IMAGE.format(name=name)), image_part(file, urls[file.pk])]


def _document_parts(
    files: Sequence[ProjectFile],
    choices: Sequence[Choice],
    names: Names,
    urls: list[str],
    with_images: bool,
) -> tuple[Parts, list[ProjectFile]]:
    """Return the texts of documents, each before images of its scanned pages, and the documents
    that have such images. `urls` are those of the images before them."""
    parts: Parts = []
    scanned: list[ProjectFile] = []
    texts = texts_of(choices, names)
    pages = _scanned_pages(choices) if with_images else {}
    for file, choice in zip(files, choices, strict=True):
        if not choice.count:
            continue
        parts.append(TextPart(texts[choice.document]))
        numbers = [] if file.refusal else pages.get(choice.document.pk, [])
        shown = numbers[: MAX_IMAGES_ALONG - len(urls)]
        name = names.get(choice.document.pk) or document_name(choice.document)
        images = list(scan_parts(choice.document, name, shown, room_for_scans(urls, share=2)))
        urls = [*urls, *(part.url for part in images if isinstance(part, ImagePart))]
        parts += images
        scanned += [file] if images else []
    rest = rest_of(choices, names)
    return [*parts, *([TextPart(rest)] if rest else [])], scanned


def _scanned_pages(choices: Sequence[Choice]) -> dict[UUID, list[int]]:
    """Return the numbers of those pages that go along and are images without text."""
    along = [choice for choice in choices if choice.count and has_pages(choice.document)]
    if not along:
        return {}
    counts = {choice.document.pk: choice.count for choice in along}
    rows = DocumentPage.objects.filter(document__in=counts, is_scanned=True, text="")
    found: defaultdict[UUID, list[int]] = defaultdict(list)
    for document_id, number in rows.values_list("document_id", "number"):
        if number <= counts[document_id]:
            found[document_id].append(number)
    return found


def _quoted(name: str) -> str:
    """Return a name that can be quoted in a line: it is written by others."""
    return harmless(plain_line(name)).translate(QUOTATION_MARKS)
