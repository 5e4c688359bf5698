"""/documents/<id>/: what was read of a document, and the file that it was read from."""

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import visible_document
from chatapp.conversations.models import Conversation
from chatapp.documents import finding, labels, page_labels
from chatapp.documents.errors import DocumentMissing, StoreUnavailable
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.documents.reading import read_piece
from chatapp.projects.models import Project
from chatapp.server.file_names import attachment_header
from chatapp.server.request_values import whole_number

MAX_QUERY = 200  # characters
SEARCH_SECONDS = 2.0
CHATS_SHOWN = 5
PROJECTS_SHOWN = 5
RETRY_SECONDS = 30
TEXT_ENDING = 10  # characters
OFFICE = "application/vnd.openxmlformats-officedocument."
MEDIA_TYPES = {
    Format.PDF: "application/pdf",
    Format.DOCX: OFFICE + "wordprocessingml.document",
    Format.XLSX: OFFICE + "spreadsheetml.sheet",
    Format.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Format.XLS: "application/vnd.ms-excel",
    Format.PPTX: OFFICE + "presentationml.presentation",
    Format.EPUB: "application/epub+zip",
    Format.HTML: "text/html",
    Format.TEXT: "text/plain",
}


@require_safe
def document(request: PersonRequest, document_id: UUID) -> HttpResponse:
    """Show some pages from `page` on or, with `q`, the pages that have these words."""
    found = visible_document(request.user, document_id)
    query = " ".join(request.GET.get("q", "")[:MAX_QUERY].split())
    context: dict[str, Any] = {
        "document": found,
        "facts": " · ".join(_facts(found)),
        "chats": _chats(request.user, found),
        "projects": _projects(request.user, found),
        "query": query,
        "jump": page_labels.jump(found.unit),
    }
    if query:
        result = finding.find(found, query, SEARCH_SECONDS)
        context |= {
            "result": result,
            "searched_to": page_labels.place(found.unit, result.searched),
            "hits": [
                (hit, page_labels.heading(found.unit, hit.number, hit.name)) for hit in result.hits
            ],
        }
    else:
        context["piece"] = read_piece(found, _first(request, found))
    return render(request, "documents/document.html", context)


@require_safe
def original(request: PersonRequest, document_id: UUID) -> HttpResponse:
    """Send the file to be saved, never to be shown: in a tab it would run in this site's origin."""
    found = visible_document(request.user, document_id)
    try:
        response = HttpResponse(found.content, content_type=MEDIA_TYPES[Format(found.format)])
    except (DocumentMissing, StoreUnavailable) as problem:
        return _failed(problem)
    response["Content-Disposition"] = attachment_header(*_name(found))
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _first(request: PersonRequest, document: Document) -> int:
    """Return the page to begin with; one that isn't there becomes the nearest."""
    asked = whole_number(request.GET.get("page", "")) or 1
    return min(max(asked, 1), max(document.read_count, 1))


def _facts(document: Document) -> Iterator[str]:
    yield document.extent
    # As it counts for the space that a person has.
    yield _("%(size)s with its text") % {"size": filesizeformat(document.byte_size)}
    if document.tokens:
        yield _("about %(count)s tokens") % {"count": f"{labels.rounded(document.tokens):,}"}


def _chats(person: Person, document: Document) -> list[Conversation]:
    own = Conversation.objects.of(person).filter(
        messages__attachments__document=document, messages__deleted_at=None
    )
    return list(own.distinct().newest_first()[:CHATS_SHOWN])


def _projects(person: Person, document: Document) -> list[Project]:
    readable = Project.objects.readable_by(person).filter(files__document=document)
    return list(readable.order_by("name")[:PROJECTS_SHOWN])


def _failed(problem: DocumentMissing | StoreUnavailable) -> HttpResponse:
    gone = isinstance(problem, DocumentMissing)
    status = HTTPStatus.NOT_FOUND if gone else HTTPStatus.SERVICE_UNAVAILABLE
    headers = {} if gone else {"Retry-After": str(RETRY_SECONDS)}
    kind = "text/plain; charset=utf-8"
    return HttpResponse(problem.sentence, status=status, content_type=kind, headers=headers)


def _name(document: Document) -> tuple[str, str]:
    """Return the name and the ending to save the file by: that of its content, or its own if it is
    a text of whatever kind."""
    path = PurePath(document.name)
    own = path.suffix.removeprefix(".")
    if document.format != Format.TEXT:
        is_same = own.lower() == document.format
        return (path.stem if is_same else document.name), document.format
    is_ending = own.isascii() and own.isalnum() and len(own) <= TEXT_ENDING
    return (path.stem, own) if is_ending else (document.name, "txt")
