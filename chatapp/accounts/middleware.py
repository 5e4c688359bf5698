"""Require a signed-in person for every page, unless its view opts out."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chatapp.accounts.known_browser import remember_browser
from chatapp.accounts.last_seen import note_seen
from chatapp.accounts.models import Person
from chatapp.accounts.my_account import last_use
from chatapp.accounts.person_cookie import write_person
from chatapp.accounts.signed_in import load_person
from chatapp.accounts.single_sign_on.configured import configured
from chatapp.accounts.two_step.answers import require_set_up
from chatapp.accounts.two_step.requirement import lacks_two_step
from chatapp.server.async_middleware import AsyncMiddleware
from chatapp.server.bodies import refusals as bodies
from chatapp.server.request_values import wants_json

# Not found while passwords are off, by the names of their URLs.
PASSWORD_PAGES = frozenset(
    {
        "account_change_password",
        "password-changed",
        "password-links",
        "account_reset_password",
        "people-password-link",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "mfa_login_webauthn",  # a passkey alone; as a second step it is still asked for
    }
)
# What people may open who must set up two-step sign-in first, by the names of the URLs.
SET_UP = {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Redirect to sign-in or to the first account of a new instance; send a script a 401."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> Any:
        if not settings.PASSWORDS and (answer := _password_refusal(request)):
            return answer
        needs_person = getattr(view_func, "login_required", True)
        if needs_person:
            load_person(request)
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is None and needs_person and request.user.is_authenticated:
            request.signed_in_id = request.user.pk  # type: ignore[attr-defined]
            note_seen(request.user)
            if lacks_two_step(request.user) and _name(request) not in SET_UP:
                return require_set_up(request)
        return refusal

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        if wants_json(request):
            return JsonResponse(
                {
                    "error": _("You're signed out. Sign in again; your text is kept."),
                    "login": reverse("account_login"),
                },
                status=HTTPStatus.UNAUTHORIZED,
            )
        if not Person.objects.exists():
            return redirect("welcome")
        return super().handle_no_permission(request, view_func)


def _password_refusal(request: HttpRequest) -> HttpResponse | None:
    """Refuse what only people with a password need. Raises Http404, except for a script's form."""
    name = _name(request)
    is_sign_in = name == "account_login" and request.method == "POST"
    if is_sign_in and wants_json(request):
        sentence = _("Sign in with %(provider)s first.") % {"provider": configured().name}
        return JsonResponse({"error": sentence}, status=HTTPStatus.NOT_FOUND)
    if is_sign_in or name in PASSWORD_PAGES:
        raise Http404
    return None


def _name(request: HttpRequest) -> str | None:
    return request.resolver_match.url_name if request.resolver_match else None


class BodyRefusalMiddleware(bodies.BodyRefusalMiddleware):
    """Redirect the sender of a large body to sign-in, as for any other request."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        super().__init__(get_response)
        self._sign_in = SignInRequiredMiddleware(get_response)

    def signed_out(self, request: HttpRequest, view: Callable[..., Any]) -> HttpResponse:
        answer: HttpResponse = self._sign_in.handle_no_permission(request, view)
        return answer


class PersonCookieMiddleware(AsyncMiddleware):
    """Write the cookies that name the person, with the first page that needs a sign-in, and note
    that the session is used."""

    async def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await self.get_response(request)
        if person_id := getattr(request, "signed_in_id", None):
            last_use.note(request, person_id)
            write_person(request, response, person_id)
            remember_browser(request, response, person_id)
        return response
