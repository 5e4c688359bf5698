"""Reset somebody's second step, when their device is lost."""

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, manages, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.two_step.resetting import reset_two_step
from chatapp.accounts.two_step.state import state_of
from chatapp.people.authority import lock_managed


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def two_step(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Ask whether to reset it, and do so. People of one's own role and above are not found."""
    person = get_object_or_404(Person, pk=person_id)
    if not manages(request.user, person):
        raise Http404
    if request.method == "POST":
        with transaction.atomic():
            reset_two_step(lock_managed(request.user, person), request.user, request)
        return redirect(f"{request.path}?reset")
    context = {"person": person, "state": state_of(person), "is_reset": "reset" in request.GET}
    return render(request, "people/two_step.html", context)
