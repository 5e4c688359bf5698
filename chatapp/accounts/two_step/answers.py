"""What a script gets that signs a person in again, where a second step is missing."""

from http import HTTPStatus

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.server.request_values import wants_json


def ask_for_second_step(request: HttpRequest, person: Person) -> JsonResponse:
    """Answer with the form that asks for it; the dialog shows it in place of the password."""
    context = kinds_of(person)
    html = render_to_string("live/_second_step.html", context, request)
    error = _("Enter a code to finish signing in.")
    return JsonResponse({"error": error, "html": html}, status=HTTPStatus.FORBIDDEN)


def kinds_of(person: Person) -> dict[str, bool]:
    types = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return {
        "has_app": Authenticator.Type.TOTP in types,
        "has_passkeys": Authenticator.Type.WEBAUTHN in types,
    }


def require_set_up(request: HttpRequest) -> HttpResponse:
    """Answer a person who must set up two-step sign-in first."""
    if wants_json(request):
        return set_up_first()
    return redirect("mfa_index")


def set_up_first() -> JsonResponse:
    sentence = _(
        "This site now requires two-step sign-in for your role. Reload the page to set it up;"
        " your text is kept."
    )
    body = {"error": sentence, "set_up": reverse("mfa_index")}
    return JsonResponse(body, status=HTTPStatus.FORBIDDEN)
