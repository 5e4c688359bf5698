"""/search/: the page of results, and the palette that shows the same while people type."""

from datetime import tzinfo
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.time_zones import zone_of
from chatapp.search import backfill
from chatapp.search.commands import COMMANDS
from chatapp.search.concurrency import Superseded, run_exclusively
from chatapp.search.results import Results, search
from chatapp.server.request_values import wants_json

MAX_DIGITS = 19  # of a key
# What can be typed, as the empty page shows it; the words are examples.
EXAMPLES = [
    ('"connection reset"', gettext_lazy("these words, side by side")),
    ("python -django", gettext_lazy("without a word")),
    ("has:code has:image", gettext_lazy("with code or images")),
    ("has:document", gettext_lazy("with documents")),
    ("in:holiday", gettext_lazy("in a chat with this title")),
    ("model:sonnet", gettext_lazy("answered by this model")),
    ("after:2026-01 before:2026-02-15", gettext_lazy("of a time")),
]


@require_safe
async def results(request: PersonRequest) -> HttpResponse:
    """Show what was found; for scripts only the list, 409 when a newer search has overtaken it."""
    text = request.GET.get("q", "")
    older = _key(request.GET.get("before", ""))
    try:
        person = request.user
        context = await run_exclusively(person.pk, _search, person, text, zone_of(request), older)
    except Superseded:
        return await _superseded(request, text)
    return await sync_to_async(_answer)(request, context)


@require_safe
def palette(request: PersonRequest) -> HttpResponse:
    """Return the HTML of the palette, which the first load does without."""
    return render(request, "search/_palette.html", {"commands": COMMANDS, "examples": EXAMPLES})


def _search(person: Any, text: str, zone: tzinfo, older: int | None) -> dict[str, Any]:
    found = search(person, text, zone, older)
    return _context(found) | {"is_filling": not backfill.is_complete()}


def _context(found: Results) -> dict[str, Any]:
    older_url = ""
    if found.older:
        query = urlencode({"q": found.text, "before": found.older})
        older_url = f"{reverse('search')}?{query}"
    return {"results": found, "older_url": older_url, "examples": EXAMPLES}


def _answer(
    request: PersonRequest, context: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    template = "search/_results.html" if wants_json(request) else "search/page.html"
    with timezone.override(zone_of(request)):
        return render(request, template, context, status=status)


async def _superseded(request: PersonRequest, text: str) -> HttpResponse:
    sentence = _("Another search of yours is still running. Try again.")
    if wants_json(request):
        return JsonResponse({"error": sentence}, status=HTTPStatus.CONFLICT)
    context = _context(Results(text, problems=[sentence]))
    return await sync_to_async(_answer)(request, context, HTTPStatus.TOO_MANY_REQUESTS)


def _key(text: str) -> int | None:
    is_key = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_key and int(text) < 2**63 else None
