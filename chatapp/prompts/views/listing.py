"""/prompts/: one's own prompts and those of the site, and the list that "/" opens."""

from typing import Any

from django.db.models.functions import Substr
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.prompts.import_report import Report
from chatapp.prompts.models import SavedPrompt
from chatapp.prompts.saving import MAX_PROMPTS

EXCERPT = 200  # characters
NOTES = ("saved", "deleted")


@require_safe
def prompts(request: PersonRequest) -> HttpResponse:
    note = request.GET.get("note", "")
    return show(request, {"note": note if note in NOTES else ""})


@require_safe
def picker(request: PersonRequest) -> HttpResponse:
    """Return the list of all prompts, without their texts, and the form for variables."""
    found = SavedPrompt.objects.visible_to(request.user).in_order().defer("text")
    return render(request, "prompts/_picker.html", {"prompts": found[: 2 * MAX_PROMPTS]})


def show(
    request: PersonRequest, context: dict[str, Any], report: Report | None = None
) -> HttpResponse:
    person = request.user
    context |= {
        "own": _rows(person),
        "of_site": _rows(None),
        "writes_all": allows(person, Permission.WRITE_SITE_PROMPTS),
        "report": report,
    }
    return render(request, "prompts/page.html", context)


def _rows(owner: Person | None) -> list[SavedPrompt]:
    rows = SavedPrompt.objects.of(owner).in_order().defer("text")
    return list(rows.annotate(excerpt=Substr("text", 1, EXCERPT))[:MAX_PROMPTS])
