"""/people/<id>/ownership: hand the site over, after the owner confirmed who they are."""

from http import HTTPStatus
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.recent_sign_in import signed_in_recently
from chatapp.people.ownership import transfer
from chatapp.people.views.answers import back_to


@requires(Permission.TRANSFER_OWNERSHIP)
@require_http_methods(["GET", "HEAD", "POST"])
def ownership(request: PersonRequest, person_id: UUID) -> HttpResponse:
    """Explain what it means, then transfer; the person must be able to sign in."""
    person = get_object_or_404(Person, pk=person_id, is_active=True)
    if person.pk == request.user.pk:
        raise Http404
    if request.method != "POST":
        return render(request, "people/ownership.html", {"person": person})
    response: HttpResponse = _confirmed(request, person)
    return response


@reauthentication_required
def _confirmed(request: PersonRequest, person: Person) -> HttpResponse:
    """Hand the site over. Whoever has neither a password nor a second step needs a new sign-in."""
    has_anything = bool(get_reauthentication_flows(request.user))
    if not has_anything and not signed_in_recently(request, request.user):
        context = {"person": person, "is_too_old": True}
        return render(request, "people/ownership.html", context, status=HTTPStatus.FORBIDDEN)
    changed = transfer(request.user, person, request=request)
    return back_to(person, "owner" if changed else "unchanged")
