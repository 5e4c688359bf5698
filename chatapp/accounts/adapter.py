"""Adapt django-allauth to this app."""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from chatapp.accounts.models import LinkRequest, Person
from chatapp.accounts.sessions import session_response


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Forbid signing up: the owner adds people."""
        return False

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        if not settings.EMAIL_URL:
            LinkRequest.objects.record(user)
        context |= {"site_name": settings.SITE_NAME}
        super().send_password_reset_mail(user, email, context)

    def set_password(self, user: Person, password: str) -> None:
        super().set_password(user, password)
        LinkRequest.objects.filter(person=user).delete()

    def ajax_response(
        self,
        request: HttpRequest,
        response: HttpResponse,
        redirect_to: str | None = None,
        form: BaseForm | None = None,
        data: Any = None,
    ) -> HttpResponse:
        """Answer a script with the signed-in person, or with the errors of the form.

        allauth's own answer repeats every field of the form, including the password.
        """
        if form and form.errors:
            sentences = [str(error) for errors in form.errors.values() for error in errors]
            error = {"error": " ".join(sentences)}
            return JsonResponse(error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if not request.user.is_authenticated:
            error = {"error": _("This account can't sign in.")}
            return JsonResponse(error, status=HTTPStatus.FORBIDDEN)
        return session_response(request)
