"""/diagnostics/: what works and what doesn't. For those who see diagnostics."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.diagnostics.checks import BY_NAME, CHECKS, addresses
from chatapp.diagnostics.checks.email import make_test_email
from chatapp.diagnostics.models import ImageLink
from chatapp.diagnostics.results import Result
from chatapp.diagnostics.runner import Check, gather, start
from chatapp.inference.sample_requests import sample_image
from chatapp.replies import learning
from chatapp.server.request_values import wants_json

PAGE, RESULT = "diagnostics/page.html", "diagnostics/_result.html"
seers_only = requires(Permission.SEE_DIAGNOSTICS)
type Results = Iterable[tuple[Check, Result | None]]


@seers_only
@require_safe
def diagnostics(request: PersonRequest) -> HttpResponse:
    """Show the page at once. Its script asks for the results; without one it leads to `report`."""
    return render(request, PAGE, _context((check, None) for check in CHECKS))


@seers_only
@require_safe
async def report(request: PersonRequest) -> HttpResponse:
    """Show the page with all results, once they are known or the time is up."""
    results = await gather([start(request.user, _for(request, check)) for check in CHECKS])
    return await _render(request, PAGE, _context(zip(CHECKS, results, strict=True)))


@seers_only
@require_safe
async def check(request: PersonRequest, name: str) -> HttpResponse:
    """Return the HTML of one result."""
    if name not in BY_NAME:
        raise Http404
    return await _run_one(request, _for(request, BY_NAME[name]))


@seers_only
@require_POST
async def email(request: PersonRequest) -> HttpResponse:
    """Send a test email to the owner, and show how that went."""
    sending = make_test_email(request.user)
    if wants_json(request):
        return await _run_one(request, sending)
    results = await gather([start(request.user, sending)])
    return await _render(request, PAGE, _context([(sending, results[0])]))


@seers_only
@require_POST
def forget(request: PersonRequest) -> HttpResponse:
    """Forget what was learned about the models of the service."""
    learning.forget()
    return redirect("diagnostics")


@login_not_required
@require_safe
def image(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Return the test image to the model service, which can't sign in, and count the fetch."""
    if not ImageLink.objects.count_fetch(link_id):
        raise Http404
    response = HttpResponse(sample_image(), content_type="image/png")
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _for(request: PersonRequest, check: Check) -> Check:
    """Return the check as this request needs it: one of them looks at the request itself."""
    if check.name == "addresses":
        return replace(check, look=addresses.check_of(request))
    return check


async def _run_one(request: PersonRequest, check: Check) -> HttpResponse:
    results = await gather([start(request.user, check)])
    return await _render(request, RESULT, {"check": check, "result": results[0]})


async def _render(request: PersonRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return await sync_to_async(render)(request, template, context)


def _context(results: Results) -> dict[str, Any]:
    shown = list(results)
    levels = Counter(result.level if result else "pending" for _check, result in shown)
    return {"results": shown, "levels": dict(levels)}
