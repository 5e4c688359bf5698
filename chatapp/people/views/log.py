"""/people/log/: the audit log, as pages and as a file."""

from collections.abc import AsyncIterator
from datetime import tzinfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chatapp import background
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.audit.models import KEPT, Entry
from chatapp.people.log_filter import PER_PAGE, LogFilter, before
from chatapp.people.log_sentences import sentence
from chatapp.server import csv_cells
from chatapp.server.file_names import attachment_header

BATCH = 500  # rows read at once
COLUMNS = ("time", "what", "person", "about", "address", "action", "details")


@requires(Permission.SEE_AUDIT_LOG)
@require_safe
def audit_log(request: PersonRequest) -> HttpResponse:
    with timezone.override(zone_of(request)):
        form = LogFilter.read(request.GET)
        found = list(before(form.entries(), request.GET.get("before", ""))[: PER_PAGE + 1])
        context = {
            "form": form,
            "is_filtered": bool(form.query),
            "rows": [(entry, sentence(entry)) for entry in found[:PER_PAGE]],
            "more_url": _more(form, found),
            "file_url": f"{reverse('audit-log-file')}?{form.query.urlencode()}".rstrip("?"),
            "days": KEPT.days,
        }
        return render(request, "people/log.html", context)


@requires(Permission.SEE_AUDIT_LOG)
@require_safe
def audit_log_file(request: PersonRequest) -> StreamingHttpResponse:
    """Send what the page shows, all pages of it, for a spreadsheet."""
    headers = {"Content-Disposition": attachment_header("Audit log", "csv")}
    return StreamingHttpResponse(
        _lines(request), content_type="text/csv; charset=utf-8", headers=headers
    )


def _more(form: LogFilter, found: list[Entry]) -> str:
    if len(found) <= PER_PAGE:
        return ""
    query = form.query
    query["before"] = str(found[PER_PAGE - 1].pk)
    return f"{reverse('audit-log')}?{query.urlencode()}"


async def _lines(request: HttpRequest) -> AsyncIterator[str]:
    yield csv_cells.BYTE_ORDER_MARK + csv_cells.line(COLUMNS)
    zone, last = zone_of(request), ""
    while True:
        entries = await background.in_thread(_batch, request, zone, last)
        if entries:
            yield "".join(csv_cells.line(_cells(entry, zone)) for entry in entries)
        if len(entries) < BATCH:
            return
        last = str(entries[-1].pk)


def _batch(request: HttpRequest, zone: tzinfo, last: str) -> list[Entry]:
    with timezone.override(zone):
        return list(before(LogFilter.read(request.GET).entries(), last)[:BATCH])


def _cells(entry: Entry, zone: tzinfo) -> list[str]:
    details = "; ".join(f"{name}: {value}" for name, value in entry.details.items())
    at = entry.at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    named = (entry.actor_email, entry.subject, entry.address, entry.action, details)
    return [at, sentence(entry), *named]
