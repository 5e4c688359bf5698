"""/usage/: what a person's own calls to the model used."""

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.spending.periods import zone
from chatapp.spending.usage import chats_of
from chatapp.spending.views.page import csv_answer, month_of, usage_context


@require_safe
def usage(request: PersonRequest) -> HttpResponse:
    month = month_of(request)
    context = usage_context(request.user, month)
    context |= {
        "chats": chats_of(request.user, context["usage"]),
        "page_url": reverse("usage"),
        "csv_url": reverse("usage-calls"),
        "sees_everybody": allows(request.user, Permission.SEE_ALL_USAGE),
    }
    with timezone.override(zone()):
        return render(request, "spending/usage.html", context)


@require_safe
def calls(request: PersonRequest) -> StreamingHttpResponse:
    """Send the calls of a month as a CSV file."""
    return csv_answer(request.user, month_of(request))
