"""/people/<id>/deactivation and reactivation: keep somebody out, or let them in again."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.people.deactivation import deactivate, reactivate
from chatapp.people.views.answers import back_to, managed_person


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def deactivation(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Ask for confirmation, then deactivate. A second POST changes nothing."""
    person = managed_person(request.user, person_id)
    if request.method != "POST":
        return render(request, "people/deactivation.html", {"person": person})
    changed = deactivate(request.user, person, request=request)
    return back_to(person, "deactivated" if changed else "unchanged")


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def reactivation(request: PersonRequest, person_id: UUID) -> HttpResponse:
    person = managed_person(request.user, person_id)
    changed = reactivate(request.user, person, request=request)
    return back_to(person, "reactivated" if changed else "unchanged")
