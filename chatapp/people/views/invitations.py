"""Make and revoke invitations. For the owner and admins."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from chatapp.accounts.permissions import Permission, requires
from chatapp.accounts.person_request import PersonRequest
from chatapp.people.invitation_email import send_invitation
from chatapp.people.invitation_forms import InvitationForm
from chatapp.people.models import AlreadyMade, Invitation, TooManyInvitations
from chatapp.people.views.people import page
from chatapp.server.redirects import see_other

REFUSALS = {
    AlreadyMade: _(
        "This invitation was made already, and its link is shown only once. If you didn't copy it,"
        " revoke the invitation below and make a new one."
    ),
    TooManyInvitations: _("Too many invitations are open. Revoke some of them first."),
}
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@requires(Permission.MANAGE_PEOPLE)
@require_http_methods(["GET", "HEAD", "POST"])
def invitations(request: PersonRequest) -> HttpResponse:
    """Make an invitation, and show its link this once."""
    if request.method != "POST":
        return redirect("people")
    form = InvitationForm(request.user, request.POST)
    if not form.is_valid():
        return page(request, UNPROCESSABLE, form=form)
    invitation = form.invitation
    try:
        token = Invitation.objects.make(invitation, form.cleaned_data["days"], request)
    except tuple(REFUSALS) as refused:
        return page(request, UNPROCESSABLE, refusal=REFUSALS[type(refused)])
    link = request.build_absolute_uri(reverse("join", args=[token]))
    was_sent = bool(invitation.email) and send_invitation(invitation, link)
    return page(request, made=invitation, link=link, was_sent=was_sent)


@requires(Permission.MANAGE_PEOPLE)
@require_POST
def revocation(request: PersonRequest, invitation_id: UUID) -> HttpResponse:
    """End an invitation. One that is gone already is what was wanted."""
    if found := Invitation.objects.managed_by(request.user).filter(pk=invitation_id).first():
        found.revoke(request.user, request)
    elif Invitation.objects.filter(pk=invitation_id).exists():
        raise Http404
    return see_other("people")
