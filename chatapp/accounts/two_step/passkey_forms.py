"""Passkeys: allauth's forms, which read what the browser's script sends."""

import struct
from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as allauth
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from chatapp.accounts import attempts, guesses

MAX_NAME = 60  # characters
# What fido2 raises for bytes that no browser sends. allauth expects only some of them.
UNPARSEABLE = (
    AssertionError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
)
UNKNOWN = _("This passkey can't be used here. Try again, or sign in with your password.")
NOT_ADDED = _("The passkey couldn't be added. Try again.")


class PasskeyMixin(forms.Form):
    """Check a passkey, with a limit for each address."""

    def clean_credential(self) -> Authenticator:
        _check_form(self.cleaned_data["credential"], UNKNOWN)
        counters = guesses.passkeys(context.request)
        if not attempts.take_all(counters):
            raise ValidationError(_("Too many attempts. Wait ten minutes and try again."))
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (ValidationError, *UNPARSEABLE) as error:
            raise ValidationError(UNKNOWN) from error
        attempts.give_back_all(counters)
        return found


class SecondStepByPasskeyForm(PasskeyMixin, allauth.AuthenticateWebAuthnForm):
    pass


class ConfirmByPasskeyForm(PasskeyMixin, allauth.ReauthenticateWebAuthnForm):
    pass


class SignInByPasskeyForm(PasskeyMixin, allauth.LoginWebAuthnForm):
    pass


class AddPasskeyForm(allauth.AddWebAuthnForm):
    """Every passkey signs its person in without a password, so it checks a PIN or a fingerprint."""

    name = forms.CharField(
        label=_("Name"),
        max_length=MAX_NAME,
        required=False,
        help_text=_("Where it is kept, for example “My phone”."),
    )
    passwordless = None

    def clean_credential(self) -> dict[str, Any]:
        credential: dict[str, Any] = self.cleaned_data["credential"]
        _check_form(credential, NOT_ADDED)
        return credential

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except (ValidationError, *UNPARSEABLE) as error:
            raise ValidationError(NOT_ADDED) from error
        return cleaned


class RenamePasskeyForm(allauth.EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=MAX_NAME)


def _check_form(credential: Any, refusal: Any) -> None:
    """Raise ValidationError for what isn't even formed like a credential: readers expect texts."""
    response = credential.get("response") if isinstance(credential, dict) else None
    if not isinstance(response, dict) or not all(
        isinstance(credential.get(name), str) for name in ("id", "rawId", "type")
    ):
        raise ValidationError(refusal)
