"""/usage/everybody/: what all calls to the model used, for those who may see that."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.spending.periods import zone
from chatapp.spending.views.page import csv_answer, month_of, usage_context


@requires(Permission.SEE_ALL_USAGE)
@require_safe
def usage(request: PersonRequest) -> HttpResponse:
    month = month_of(request)
    context = usage_context(None, month)
    context |= {
        "page_url": reverse("usage-everybody"),
        "csv_url": reverse("usage-everybody-calls"),
        "is_of_everybody": True,
    }
    with timezone.override(zone()):
        return render(request, "spending/everybody.html", context)


@requires(Permission.SEE_ALL_USAGE)
@require_safe
def calls(request: PersonRequest) -> StreamingHttpResponse:
    """Send everybody's calls of a month as a CSV file."""
    return csv_answer(None, month_of(request))
