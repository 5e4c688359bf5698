"""/people/<id>/two-step: reset somebody's second step, when their device is lost."""

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.two_step.resetting import reset_two_step
from chatapp.accounts.two_step.state import state_of
from chatapp.people.authority import lock_managed
from chatapp.people.views.answers import back_to, managed_person


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def two_step(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Ask for confirmation, then reset it. A second POST changes nothing."""
    person = managed_person(request.user, person_id)
    if request.method != "POST":
        context = {"person": person, "state": state_of(person)}
        return render(request, "people/two_step.html", context)
    with transaction.atomic():
        changed = reset_two_step(lock_managed(request.user, person), request.user, request)
    return back_to(person, "two-step" if changed else "unchanged")
