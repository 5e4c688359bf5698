"""/usage/: what a person's own calls to the model used, and their caps."""

from http import HTTPStatus

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.permissions import Permission, allows
from chatapp.accounts.person_request import PersonRequest
from chatapp.server.redirects import see_other
from chatapp.spending import kept_sums
from chatapp.spending.cap_forms import CapForm
from chatapp.spending.cap_rows import own_caps
from chatapp.spending.caps import Scope, caps_of
from chatapp.spending.days import Month
from chatapp.spending.periods import zone
from chatapp.spending.usage import chats_of
from chatapp.spending.views.page import csv_answer, month_of, usage_context


@require_safe
def usage(request: PersonRequest) -> HttpResponse:
    return _page(request, month_of(request), _form(request))


@require_safe
def calls(request: PersonRequest) -> StreamingHttpResponse:
    """Send the calls of a month as a CSV file."""
    return csv_answer(request.user, month_of(request))


@require_POST
def cap(request: PersonRequest) -> HttpResponse:
    """Set a cap for oneself; the smallest of all caps holds."""
    form = _form(request)
    if not form.is_valid():
        return _page(request, Month.current(), form, HTTPStatus.UNPROCESSABLE_ENTITY)
    form.save(request)
    return see_other(f"{reverse('usage')}?saved=caps#caps")


def _form(request: PersonRequest) -> CapForm:
    scope = Scope.own(request.user)
    return CapForm(scope, caps_of(scope), request.POST if request.method == "POST" else None)


def _page(
    request: PersonRequest, month: Month, form: CapForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    with kept_sums.up_to_date():
        context = usage_context(request.user, month)
        chats = chats_of(request.user, context["usage"])
    context |= {
        "chats": chats,
        "caps": own_caps(request.user),
        "form": form,
        "page_url": reverse("usage"),
        "csv_url": reverse("usage-calls"),
        "sees_everybody": allows(request.user, Permission.SEE_ALL_USAGE),
    }
    with timezone.override(zone()):
        return render(request, "spending/usage.html", context, status=status)
