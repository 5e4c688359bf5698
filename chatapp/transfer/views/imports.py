"""/transfer/imports/: upload files in slices, import them, see what came in, and remove it.

Scripts send slices; without them a form sends one whole file.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile as Upload
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.person_request import PersonRequest
from chatapp.images.store import StoreUnavailable
from chatapp.server.request_values import wants_json
from chatapp.transfer.importing import job, removing, uploads
from chatapp.transfer.importing.report import Report
from chatapp.transfer.importing.uploads import Chosen, UploadRefused
from chatapp.transfer.models import Import, UploadedFile
from chatapp.transfer.models.uploads import NAME_LENGTH
from chatapp.transfer.views.answers import error

PAGE = "transfer"
SHOWN = 5  # imports that have ended
MAX_NUMBER = 2**53  # of a browser


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: PersonRequest) -> HttpResponse:
    """Return the state of imports as a part of the page, or import one file of a form."""
    if request.method == "POST":
        return _import_file(request)
    return render(request, "transfer/_import.html", context(request))


@require_POST
def files(request: PersonRequest) -> HttpResponse:
    """Announce a file; the answer has the slices that have arrived already."""
    name = request.POST.get("name", "").strip()[:NAME_LENGTH]
    size, modified = (_number(request.POST.get(each, "")) for each in ("size", "modified"))
    if not name or size is None or modified is None:
        return error(_("We couldn't read that request."), HTTPStatus.UNPROCESSABLE_ENTITY)
    job.note_ends(request.user)
    try:
        file = uploads.begin(request.user, Chosen(name, size, modified))
    except UploadRefused as refusal:
        return error(refusal.sentence, HTTPStatus.CONFLICT)
    present = sorted(uploads.present(file))
    answer = {"file": file.pk, "slice_bytes": uploads.SLICE_BYTES, "present": present}
    return JsonResponse(answer, status=HTTPStatus.CREATED)


@require_POST
def upload_slice(request: PersonRequest, file_id: UUID, number: int) -> HttpResponse:
    mine = UploadedFile.objects.filter(for_import__owner=request.user, for_import__ended_at=None)
    file = get_object_or_404(mine.filter(for_import__job=None), pk=file_id)
    sent = request.FILES.get("slice")
    try:
        uploads.add_slice(file, number, sent.read(uploads.SLICE_BYTES + 1) if sent else b"")
    except UploadRefused as refusal:
        return error(refusal.sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    except StoreUnavailable as failure:
        return error(failure.sentence, HTTPStatus.SERVICE_UNAVAILABLE)
    return JsonResponse({}, status=HTTPStatus.CREATED)


@require_POST
def start(request: PersonRequest) -> HttpResponse:
    """Begin to import what has been uploaded."""
    try:
        job.start(request.user)
    except UploadRefused as refusal:
        return error(refusal.sentence, HTTPStatus.CONFLICT)
    return _done(request)


@require_POST
def cancellation(request: PersonRequest) -> HttpResponse:
    """Cancel the upload or the import; what was imported stays."""
    job.cancel(request.user)
    return _done(request)


@require_POST
def removal(request: PersonRequest, import_id: UUID) -> HttpResponse:
    """Move what an import added to the trash."""
    ended = Import.objects.of(request.user).ended()
    removing.remove(get_object_or_404(ended, pk=import_id))
    return _done(request)


def context(request: PersonRequest) -> dict[str, Any]:
    """Return what the page shows of imports."""
    job.note_ends(request.user)
    mine = Import.objects.of(request.user).select_related("job").prefetch_related("files")
    current = mine.unfinished().first()
    missing = uploads.missing_files(current) if current and not current.job else []
    ended = [done for done in mine.ended()[: 2 * SHOWN] if done.report or done.error][:SHOWN]
    return {
        "current_import": current,
        "missing_files": missing,
        "ended_imports": [_ended(done) for done in ended],
    }


def _ended(done: Import) -> dict[str, Any]:
    return {
        "import": done,
        "report": Report(done.report),
        "counts": {"images": 0, "gone": 0, **done.report},
        "removable": removing.removable(done),
    }


def _import_file(request: PersonRequest) -> HttpResponse:
    """Import a file that a form has sent as a whole."""
    sent = request.FILES.get("file")
    sentence = ""
    if sent:
        try:
            _store(request, sent)
        except UploadRefused as refusal:
            sentence = refusal.sentence
        except StoreUnavailable as failure:
            sentence = failure.sentence
    else:
        sentence = _("Choose a file to import.")
    if not sentence:
        return redirect(PAGE)
    values = context(request) | {"import_error": sentence}
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "transfer/import_refused.html", values, status=status)


def _store(request: PersonRequest, sent: Upload) -> None:
    job.note_ends(request.user)
    name = (sent.name or "")[:NAME_LENGTH] or "conversations.json"
    file = uploads.begin(request.user, Chosen(name, sent.size or 0, 0))
    for number in range(uploads.count_slices(file)):
        uploads.add_slice(file, number, sent.read(uploads.size_of(file, number)))
    job.start(request.user)


def _done(request: PersonRequest) -> HttpResponse:
    return JsonResponse({}) if wants_json(request) else redirect(PAGE)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < len(str(MAX_NUMBER))
    return int(text) if is_number else None
