"""/people/<id>/: one person."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest


@requires(Permission.MANAGE_PEOPLE)
@require_safe
def person(request: PersonRequest, person_id: UUID) -> HttpResponse:
    shown = get_object_or_404(Person, pk=person_id)
    return render(request, "people/person.html", {"person": shown})
