"""What we tell django-allauth about our house."""

from http import HTTPStatus
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from chatapp.accounts.models import LinkRequest, Person
from chatapp.accounts.sessions import who_is_here


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves; the owner adds people."""
        return False

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        if not settings.EMAIL_URL:
            LinkRequest.objects.note(user)
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
        """Answers a script: who is signed in now, or what is wrong.

        allauth's own answer repeats every field of the form, the password too.
        """
        if form and form.errors:
            sentences = [str(error) for errors in form.errors.values() for error in errors]
            error = {"error": " ".join(sentences)}
            return JsonResponse(error, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        if not request.user.is_authenticated:
            error = {"error": _("This account can't sign in.")}
            return JsonResponse(error, status=HTTPStatus.FORBIDDEN)
        return who_is_here(request)
