"""/account/deletion/: a person deletes their own account. The owner can't."""

from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.person_cookie import write_signed_out
from chatapp.accounts.person_request import PersonRequest
from chatapp.people.leaving import leave
from chatapp.projects.members import shared_by

TEMPLATE = "people/leaving.html"


@require_http_methods(["GET", "HEAD", "POST"])
def deletion(request: PersonRequest) -> HttpResponse:
    """Explain to the owner why not, and ask everybody else for the password first."""
    if request.user.is_owner:
        status = HTTPStatus.CONFLICT if request.method == "POST" else HTTPStatus.OK
        return render(request, TEMPLATE, status=status)
    response: HttpResponse = _confirmed(request)
    return response


@reauthentication_required
def _confirmed(request: PersonRequest) -> HttpResponse:
    context = {"shared_projects": shared_by(request.user).count()}
    if request.method != "POST":
        return render(request, TEMPLATE, context)
    if "understood" not in request.POST:
        context["is_unconfirmed"] = True
        return render(request, TEMPLATE, context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if not leave(request, request.user):
        return redirect("account")
    logout(request)
    request.signed_in_id = None  # type: ignore[attr-defined]
    response = render(request, "people/left.html")
    write_signed_out(response)
    return response
