"""/join/<token>/: make an account with an invitation. Looking at it doesn't use it up."""

from http import HTTPStatus

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from chatapp.accounts.signed_in import load_person
from chatapp.people.invitation_forms import JoinForm
from chatapp.people.joining import (
    EmailTaken,
    InvitationGone,
    TooManyEmails,
    TooManyLinks,
    find_invitation,
    join,
)

TOO_MANY_LINKS = gettext_lazy(
    "Too many links that don't work were opened from your network. Try again in ten minutes."
)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join_page(request: HttpRequest, invitation_token: str) -> HttpResponse:
    if request.method == "POST" and not settings.PASSWORDS:
        raise Http404
    load_person(request)
    if request.user.is_authenticated:
        # The page belongs to a person, although it doesn't require a sign-in.
        request.signed_in_id = request.user.pk  # type: ignore[attr-defined]
        return _private(render(request, "people/signed_in.html"))
    try:
        invitation = find_invitation(request, invitation_token)
        form = JoinForm(request.POST or None, initial={"email": invitation.email})
        if form.is_valid() and _join(request, invitation_token, form):
            return _private(redirect("home"))
    except InvitationGone:
        return _private(render(request, "people/gone.html", status=HTTPStatus.NOT_FOUND))
    except TooManyLinks:
        context = {"sentence": TOO_MANY_LINKS}
        status = HTTPStatus.TOO_MANY_REQUESTS
        return _private(render(request, "people/gone.html", context, status=status))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    shown = {"form": form, "invitation_token": invitation_token}
    return _private(render(request, "people/join.html", shown, status=status))


def _join(request: HttpRequest, token: str, form: JoinForm) -> bool:
    """Join and sign in; False if the form shows why not."""
    try:
        person = join(request, token, form.person, form.cleaned_data["password"])
    except EmailTaken:
        form.add_error(
            "email", _("You can't join with this email. If you have an account here, sign in.")
        )
    except TooManyEmails:
        form.add_error(None, _("Too many emails were tried. Wait an hour and try again."))
    except ValidationError as busy:
        form.add_error(None, busy)
    else:
        login(request, person)
        # Whoever has to set up two-step sign-in now has just typed the password.
        record_authentication(request, person, "password")
        return True
    return False


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address, which is a key, from search engines, caches and other sites.

    With "no-referrer" a browser sends "Origin: null" with a form, which the CSRF check refuses.
    """
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Cache-Control"] = "private, no-store"
    return response
