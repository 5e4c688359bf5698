"""/people/<id>/role: what somebody may do."""

from http import HTTPStatus
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.people.forms import RoleForm
from chatapp.people.roles import change_role
from chatapp.people.views.answers import back_to, managed_person


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: PersonRequest, person_id: UUID) -> HttpResponse:
    person = managed_person(request.user, person_id)
    form = RoleForm(request.user, person, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"person": person, "form": form}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "people/role.html", context, status=status)
    wanted, models = form.chosen
    changed = change_role(request.user, person, wanted, models, request=request)
    return back_to(person, "role" if changed else "unchanged")
