"""/people/<id>/ownership: hand the site over, after the owner has shown again who they are."""

from http import HTTPStatus
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from chatapp.accounts.models import Person
from chatapp.accounts.password_forms import ConfirmForm
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.recent_sign_in import signed_in_recently
from chatapp.people.ownership import transfer
from chatapp.people.views.answers import back_to


@requires(Permission.TRANSFER_OWNERSHIP)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def ownership(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Ask for the password; the person must be able to sign in."""
    person = get_object_or_404(Person, pk=person_id, is_active=True)
    if person.pk == request.user.pk:
        raise Http404
    if not request.user.has_usable_password():
        response: HttpResponse = _without_password(request, person)
        return response
    form = ConfirmForm(request.POST if request.method == "POST" else None, user=request.user)
    if not form.is_valid():
        context = {"person": person, "form": form}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return render(request, "people/ownership.html", context, status=status)
    return _transferred(request, person)


@reauthentication_required
def _without_password(request: PersonRequest, person: Person) -> HttpResponse:
    """Ask an owner who signs in with a provider for a second step, or for a new sign-in."""
    has_second_step = bool(get_reauthentication_flows(request.user))
    if not has_second_step and not signed_in_recently(request, request.user):
        context = {"person": person, "is_too_old": True}
        return render(request, "people/ownership.html", context, status=HTTPStatus.FORBIDDEN)
    if request.method != "POST":
        return render(request, "people/ownership.html", {"person": person})
    return _transferred(request, person)


def _transferred(request: PersonRequest, person: Person) -> HttpResponse:
    changed = transfer(request.user, person, request=request)
    return back_to(person, "owner" if changed else "unchanged")
