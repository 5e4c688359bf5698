"""Two-step sign-in and passkeys by allauth.mfa, limited to the pages that this app needs."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.module_loading import import_string

from chatapp.accounts.two_step import views

type View = Callable[..., HttpResponse]


def _later(name: str) -> View:
    """Return a view of `passkey_views`, which is imported with the first request."""

    def view(request: HttpRequest, **kwargs: int) -> HttpResponse:
        view_class = import_string(f"chatapp.accounts.two_step.passkey_views.{name}")
        response: HttpResponse = view_class.as_view()(request, **kwargs)
        return response

    return view


urlpatterns = [
    path("two-step/", views.two_step, name="mfa_index"),
    path("two-step/app/", views.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("two-step/app/removal/", views.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("two-step/recovery-codes/", views.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "two-step/recovery-codes/new/",
        views.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("two-step/passkeys/", _later("AddPasskey"), name="mfa_add_webauthn"),
    path("two-step/passkeys/<int:pk>/name/", _later("RenamePasskey"), name="mfa_edit_webauthn"),
    path(
        "two-step/passkeys/<int:pk>/removal/", _later("RemovePasskey"), name="mfa_remove_webauthn"
    ),
    path("second-step/", login_not_required(_later("SecondStep")), name="mfa_authenticate"),
    path("second-step/start-again/", views.start_again, name="two-step-start-again"),
    path("passkey/", login_not_required(_later("SignInByPasskey")), name="mfa_login_webauthn"),
    path("reauthenticate/code/", _later("ConfirmByCode"), name="mfa_reauthenticate"),
    path("reauthenticate/passkey/", _later("ConfirmByPasskey"), name="mfa_reauthenticate_webauthn"),
]
