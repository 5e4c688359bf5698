"""Adapt django-allauth to this app."""

from http import HTTPStatus
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import get_pending_stage
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp import background
from chatapp.accounts import attempts, guesses, hashing, sign_in_log
from chatapp.accounts.models import LinkRequest, Person
from chatapp.accounts.recent_sign_in import signed_in_recently
from chatapp.accounts.sessions import session_response
from chatapp.accounts.two_step.answers import ask_for_second_step
from chatapp.accounts.two_step.stage import has_second_step

SECOND_STEP = "chatapp.accounts.two_step.stage.SecondStepStage"
REPLACED = "allauth.mfa.stages.AuthenticateStage"


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("The email or the password is not correct."),
        "enter_current_password": gettext_lazy("This isn't your current password."),
        "too_many_current_passwords": gettext_lazy(
            "Too many wrong passwords. Wait ten minutes and try again."
        ),
        "too_many_login_attempts": gettext_lazy(
            "Too many wrong passwords. Try again in an hour, or reset your password to sign in now."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Forbid signing up: the owner adds people."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Check a password, unless there were too many wrong ones.

        An attempt counts before the check, so that attempts at the same instant count too.
        """
        if not settings.PASSWORDS:
            return None
        email = credentials.get("email", "")
        is_known = guesses.is_known(request, email)
        counters = guesses.sign_in(request, email, is_known=is_known)
        if not attempts.take_all(counters):
            raise self.validation_error("too_many_login_attempts")
        try:
            with hashing.slot(is_known=is_known):
                person: Person | None = super().authenticate(request, **credentials)
        except ValidationError:  # it wasn't checked
            attempts.give_back_all(counters)
            raise
        if person:
            attempts.give_back_all(counters)
        else:
            sign_in_log.record_failure(request, email, "password")
        return person

    def get_login_stages(self) -> list[str]:
        return [SECOND_STEP if path == REPLACED else path for path in super().get_login_stages()]

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        words = {
            "reauthenticate": _("Use your password"),
            "mfa_reauthenticate": _("Use a code"),
            "mfa_reauthenticate:webauthn": _("Use a passkey"),
        }
        methods = super().get_reauthentication_methods(user)
        return [method | {"description": words[method["id"]]} for method in methods]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask again for the password, but not to set up a first second step after a sign-in."""
        person = self.request.user
        if app == "allauth.mfa" and not has_second_step(person):
            return not signed_in_recently(self.request, person)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("password-changed")

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        context |= {"site_name": settings.SITE_NAME}
        super().send_password_reset_mail(user, email, context)

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:
        """Render an email, and release the connection: the email server may take seconds."""
        message: EmailMessage = super().render_mail(*args, **kwargs)
        background.release_connections()
        return message

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
        if stage := get_pending_stage(request):
            return ask_for_second_step(request, stage.login.user)
        if not request.user.is_authenticated and request.method == "GET":
            # The second step came too late, and was redirected here.
            error = {"error": _("That took too long. Close this, and sign in again.")}
            return JsonResponse(error, status=HTTPStatus.UNAUTHORIZED)
        if not request.user.is_authenticated:
            error = {"error": _("This account can't sign in.")}
            return JsonResponse(error, status=HTTPStatus.FORBIDDEN)
        return session_response(request)
