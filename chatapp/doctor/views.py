"""/doctor/: what works and what does not, for the owner of the house only."""

from collections import Counter
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.requests import PersonRequest
from chatapp.doctor.checks import BY_NAME, CHECKS, Check
from chatapp.doctor.checks.images import test_image
from chatapp.doctor.examination import begin, gathered
from chatapp.doctor.models import SentLink
from chatapp.doctor.postbox import delivery_to
from chatapp.doctor.result import Result
from chatapp.server.requests import wants_json

PAGE, LINE = "doctor/page.html", "doctor/_line.html"
type Lines = Iterable[tuple[Check, Result | None]]


@require_safe
def doctor(request: PersonRequest) -> HttpResponse:
    """The page at once, with lines that its script fills; without scripts it leads to `report`."""
    _owner_only(request)
    return render(request, PAGE, _context((check, None) for check in CHECKS))


@require_safe
async def report(request: PersonRequest) -> HttpResponse:
    """The page with every line filled, as soon as all are known or the time is up."""
    _owner_only(request)
    results = await gathered([begin(request.user, check) for check in CHECKS])
    return await _render(request, PAGE, _context(zip(CHECKS, results, strict=True)))


@require_safe
async def check(request: PersonRequest, name: str) -> HttpResponse:
    """One line."""
    _owner_only(request)
    if name not in BY_NAME:
        raise Http404
    return await _line(request, BY_NAME[name])


@require_POST
async def mail(request: PersonRequest) -> HttpResponse:
    """Sends a test mail to whoever asks, and says how that went."""
    _owner_only(request)
    sending = delivery_to(request.user)
    if wants_json(request):
        return await _line(request, sending)
    results = await gathered([begin(request.user, sending)])
    return await _render(request, PAGE, _context([(sending, results[0])]))


@login_not_required
@require_safe
def image(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """The test image for the model service, which can't sign in; each fetch is counted."""
    if not SentLink.objects.fetch(link_id):
        raise Http404
    response = HttpResponse(test_image(), content_type="image/png", status=HTTPStatus.OK)
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _owner_only(request: PersonRequest) -> None:
    if not request.user.is_owner:
        raise Http404


async def _line(request: PersonRequest, check: Check) -> HttpResponse:
    results = await gathered([begin(request.user, check)])
    return await _render(request, LINE, {"check": check, "result": results[0]})


async def _render(request: PersonRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return await sync_to_async(render)(request, template, context)


def _context(lines: Lines) -> dict[str, Any]:
    shown = list(lines)
    levels = Counter(result.level if result else "pending" for _check, result in shown)
    return {"lines": shown, "levels": dict(levels)}
