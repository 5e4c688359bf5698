"""/usage/everybody/: what all calls to the model used, and caps, for those who may see that."""

from http import HTTPStatus

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.server.redirects import see_other
from chatapp.server.request_values import read_uuid
from chatapp.spending import kept_sums
from chatapp.spending.cap_forms import CapForm, key_of
from chatapp.spending.cap_rows import ROLES, general_rows, person_rows
from chatapp.spending.caps import Scope, caps_of, may_set
from chatapp.spending.days import Month
from chatapp.spending.models import Cap
from chatapp.spending.periods import zone
from chatapp.spending.sums import by_person
from chatapp.spending.views.page import csv_answer, month_of, usage_context


@requires(Permission.SEE_ALL_USAGE)
@require_safe
def usage(request: PersonRequest) -> HttpResponse:
    return _page(request, month_of(request))


@requires(Permission.SEE_ALL_USAGE)
@require_safe
def calls(request: PersonRequest) -> StreamingHttpResponse:
    """Send everybody's calls of a month as a CSV file."""
    return csv_answer(None, month_of(request))


@requires(Permission.SEE_ALL_USAGE)
@require_POST
def caps(request: PersonRequest) -> HttpResponse:
    """Set the caps of a person, of each person with a role, or of this site."""
    scope = _scope(request)
    if not may_set(request.user, scope):
        raise Http404
    form = CapForm(scope, caps_of(scope), request.POST)
    if not form.is_valid():
        return _page(request, Month.current(), form, HTTPStatus.UNPROCESSABLE_ENTITY)
    form.save(request)
    url = f"{reverse('usage-everybody')}?saved={key_of(scope)}#{key_of(scope)}"
    return see_other(url)


def _scope(request: PersonRequest) -> Scope:
    """Return whose caps a form names."""
    values = request.POST
    match values.get("kind"):
        case Cap.Kind.INSTANCE:
            return Scope.instance()
        case Cap.Kind.ROLE if values.get("role") in ROLES:
            return Scope.of_role(next(role for role in ROLES if role == values["role"]))
        case Cap.Kind.PERSON:
            person_id = read_uuid(values.get("person", ""))
            return Scope.of_person(get_object_or_404(Person, pk=person_id))
    raise Http404


def _page(
    request: PersonRequest,
    month: Month,
    bound: CapForm | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    with kept_sums.up_to_date():
        context = usage_context(None, month)
        sums = by_person(month.first, month.end)
    people, nobody = person_rows(request.user, sums, bound)
    context |= {
        "general": general_rows(request.user, bound),
        "people": people,
        "nobody": nobody,
        "page_url": reverse("usage-everybody"),
        "csv_url": reverse("usage-everybody-calls"),
        "is_of_everybody": True,
    }
    with timezone.override(zone()):
        return render(request, "spending/everybody.html", context, status=status)
