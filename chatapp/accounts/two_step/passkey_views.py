"""The second step at sign-in, and passkeys. Imported with the first request for one of these pages:
what reads passkeys (fido2, cryptography) takes memory.
"""

import json
import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from allauth.account.mixins import NextRedirectMixin
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import views as base
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import views as webauthn
from allauth.mfa.webauthn.internal import auth
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy

from chatapp.accounts.sessions import session_response
from chatapp.accounts.two_step.answers import ask_for_second_step, kinds_of
from chatapp.accounts.two_step.views import note_proof, two_step_context
from chatapp.server.request_values import wants_json

# It logs the ids of credentials.
logging.getLogger("fido2").setLevel(logging.WARNING)


class SecondStep(base.AuthenticateView):
    """Ask for a code or a passkey, on a page or in the dialog of an expired session."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wants_json(request):
            return ask_for_second_step(request, self.stage.login.user)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.stage.is_valid():
            aborted: HttpResponse = self.stage.abort()
            return aborted
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        is_script = wants_json(self.request) and self.request.user.is_authenticated
        return session_response(self.request) if is_script else response

    def form_invalid(self, form: Any) -> HttpResponse:
        if wants_json(self.request):
            sentences = [str(error) for errors in form.errors.values() for error in errors]
            error = {"error": " ".join(sentences)}
            return JsonResponse(error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        response: HttpResponse = super().form_invalid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = kinds_of(self.stage.login.user)
        if not kinds["has_passkeys"]:
            self.webauthn_form = None  # asks for nothing that the person doesn't have
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return _with_options(context, "request_options") | kinds


class ConfirmByCode(base.ReauthenticateView):
    pass


class ConfirmByPasskey(webauthn.ReauthenticateWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return _with_options(context | kwargs, "request_options")


class SignInByPasskey(NextRedirectMixin, webauthn.LoginWebAuthnView):
    """Give a script what it asks the browser's passkeys with, and sign in by their answer."""

    def form_invalid(self, form: Any) -> HttpResponse:
        fields = {"passkey": "failed"}
        if url := self.get_next_url():
            fields[REDIRECT_FIELD_NAME] = url
        return redirect(f"{reverse('account_login')}?{urlencode(fields)}")


class AddPasskey(webauthn.AddWebAuthnView):
    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        note_proof(self.request, Authenticator.Type.WEBAUTHN)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        # allauth would ask for one that is only a second step.
        options = auth.begin_registration(self.request.user, passwordless=True)
        context["js_data"] = {"creation_options": options}
        context = _with_options(context | kwargs, "creation_options")
        return context | two_step_context(self.request)


class RenamePasskey(webauthn.EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | two_step_context(self.request)


class RemovePasskey(webauthn.RemoveWebAuthnView):
    """Remove a passkey, but not the last second step where one is required."""

    success_url = reverse_lazy("mfa_index")

    def form_valid(self, form: Any) -> HttpResponse:
        if not get_adapter().can_delete_authenticator(self.object):
            return self.render_to_response(self.get_context_data())
        response: HttpResponse = super().form_valid(form)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | two_step_context(self.request)


def _with_options(context: dict[str, Any], name: str) -> dict[str, Any]:
    """Add what the script passes on to the browser, as JSON for an attribute."""
    options = context.get("js_data", {}).get(name)
    return context | {"options": json.dumps(options) if options else ""}
