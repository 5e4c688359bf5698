"""Every page needs a signed-in person unless its view says otherwise."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.accounts.requests import wants_json


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Leads to sign-in, to the first account on a new house, or tells a script with a 401."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> Any:
        if wants_json(request):
            return JsonResponse(
                {
                    "error": _("You are signed out. Sign in again; your text stays here."),
                    "login": reverse("account_login"),
                },
                status=HTTPStatus.UNAUTHORIZED,
            )
        if not Person.objects.exists():
            return redirect("welcome")
        return super().handle_no_permission(request, view_func)
