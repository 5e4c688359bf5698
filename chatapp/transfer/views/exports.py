"""/transfer/: the archive of everything; made in the background, fetched for a day."""

from datetime import timedelta
from http import HTTPStatus
from math import ceil
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.audit.models import Action, Entry
from chatapp.jobs.models import Job, State
from chatapp.server.file_names import attachment_header
from chatapp.server.ranges import RangeRefused, wanted_range
from chatapp.server.request_values import read_uuid
from chatapp.transfer.archive import export
from chatapp.transfer.archive.download import Archive
from chatapp.transfer.views import imports
from chatapp.transfer.views.answers import error

PAGE = "transfer"
MAX_CHOSEN = 200  # conversations in one request
HOUR = timedelta(hours=1)


@require_safe
def transfer(request: PersonRequest) -> HttpResponse:
    values = _context(request) | imports.context(request)
    return render(request, "transfer/page.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
def exports(request: PersonRequest) -> HttpResponse:
    """Return the state of the archive as a part of the page, or begin one.

    A form may name conversations; without any the archive has everything.
    """
    if request.method == "POST":
        return _begin(request)
    return render(request, "transfer/_export.html", _context(request))


@require_POST
def removal(request: PersonRequest) -> HttpResponse:
    """Cancel the archive that is being made, or remove the finished one."""
    export.end(request.user)
    return redirect(PAGE)


@require_safe
async def archive(request: PersonRequest, export_id: UUID) -> HttpResponse | StreamingHttpResponse:
    """Send the archive, or a range of it."""
    job = await sync_to_async(_finished)(request, export_id)
    made = Archive(job)
    tag = f'"{job.pk}"'
    # A part of another archive would damage what the browser has so far.
    is_same = request.headers.get("If-Range", tag) == tag
    headers = {"Accept-Ranges": "bytes", "ETag": tag}
    try:
        wanted = wanted_range(request.headers.get("Range", "") if is_same else "", made.size)
    except RangeRefused:
        headers["Content-Range"] = f"bytes */{made.size}"
        status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        return HttpResponse(status=status, headers=headers)
    start, stop = wanted or (0, made.size)
    if wanted:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{made.size}"
    headers["Content-Length"] = str(stop - start)
    name = f"{settings.SITE_NAME} {job.created_at:%Y-%m-%d}"
    headers["Content-Disposition"] = attachment_header(name, "zip")
    return StreamingHttpResponse(
        made.read(start, stop) if request.method == "GET" else (),
        status=HTTPStatus.PARTIAL_CONTENT if wanted else HTTPStatus.OK,
        content_type="application/zip",
        headers=headers,
    )


def _begin(request: PersonRequest) -> HttpResponse:
    only = {key for text in request.POST.getlist("conversation") if (key := read_uuid(text))}
    if len(only) > MAX_CHOSEN:
        sentence = _("You can export up to %(count)s chats at once.") % {"count": MAX_CHOSEN}
        return error(sentence, HTTPStatus.UNPROCESSABLE_ENTITY)
    if only and export.export.of(request.user).unfinished().exists():
        sentence = _("An export is being made. Wait until it's ready, or cancel it.")
        return error(sentence, HTTPStatus.CONFLICT)
    export.start(request.user, only)
    Entry.objects.record(Action.EXPORTED, request.user, request=request)
    return redirect(PAGE)


def _finished(request: PersonRequest, export_id: UUID) -> Job:
    job: Job = get_object_or_404(export.finished(request.user), pk=export_id)
    return job


def _context(request: PersonRequest) -> dict[str, object]:
    job = export.current(request.user)
    context: dict[str, object] = {"job": job, "hours": export.KEPT // HOUR}
    if job and job.state == State.DONE and job.expires_at:
        left = (job.expires_at - timezone.now()) / HOUR
        context |= {"size": Archive(job).size, "hours_left": ceil(left)}
    return context
