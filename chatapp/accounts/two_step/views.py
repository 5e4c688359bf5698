"""/account/two-step/: what a person has set up for the second step, and changes of it."""

from typing import Any
from urllib.parse import quote

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.generic.edit import FormView

from chatapp.accounts.person_request import PersonRequest
from chatapp.accounts.two_step import new_secret
from chatapp.accounts.two_step.qr_code import qr_code
from chatapp.accounts.two_step.requirement import lacks_two_step
from chatapp.accounts.two_step.state import state_of
from chatapp.server.encryption import Unreadable

GROUP = 4  # characters of a secret between two spaces


def note_proof(request: HttpRequest, kind: str) -> None:
    """Count the use of a new second step as confirming who it is, to show the recovery codes."""
    record_authentication(request, request.user, "mfa", type=str(kind), reauthenticated=True)


def two_step_context(request: PersonRequest) -> dict[str, Any]:
    """Return what all these pages need.

    The sidebar shows chats, so it isn't there for people who must set up two-step sign-in first.
    """
    is_lacking = lacks_two_step(request.user)
    return {
        "is_lacking": is_lacking,
        "frame": "account/_page.html" if is_lacking else "frame.html",
        "state": state_of(request.user),
    }


@require_safe
def two_step(request: PersonRequest) -> HttpResponse:
    return render(request, "mfa/index.html", two_step_context(request))


@login_not_required
@require_POST
def start_again(request: HttpRequest) -> HttpResponse:
    """Forget the password that was right, to sign in as somebody else."""
    clear_login(request)
    return redirect("account_login")


class SetUpApp(totp.ActivateTOTPView):
    """Give an authenticator app a secret, and ask for its first code."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # allauth's own would make an image that our content security policy refuses.
        context: dict[str, Any] = FormView.get_context_data(self, **kwargs)
        secret, person = context["form"].secret, self.request.user
        url = get_adapter().build_totp_url(person, secret)
        groups = [secret[start : start + GROUP] for start in range(0, len(secret), GROUP)]
        context |= {"url": url, "qr_code": qr_code(url), "secret": " ".join(groups)}
        return context | two_step_context(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except IntegrityError:  # another tab was faster
            return redirect("mfa_index")
        new_secret.forget(self.request.session)
        note_proof(self.request, Authenticator.Type.TOTP)
        return response


class RemoveApp(totp.DeactivateTOTPView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | two_step_context(self.request)


class RecoveryCodes(recovery_codes.ViewRecoveryCodesView):
    """Show the codes once, and afterwards how many are left."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            context: dict[str, Any] = super().get_context_data(**kwargs)
        except Unreadable:
            context = {"can_view_codes": False}
        lines = "\r\n".join(context.get("unused_codes", []))
        # The server can't show them again, so the file is in the page.
        context["codes_as_file"] = f"data:text/plain,{quote(lines)}"
        return context | two_step_context(self.request)


class NewRecoveryCodes(recovery_codes.GenerateRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = FormView.get_context_data(self, **kwargs)
        return context | two_step_context(self.request)
