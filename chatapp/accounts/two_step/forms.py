"""Codes for the second step. allauth's views show these forms in place of their own."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django import forms
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.fields import CursorMixin
from chatapp.accounts.models import Person
from chatapp.accounts.two_step import codes, new_secret

CODE_ATTRIBUTES = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
MAX_CODE = 40  # characters: the digits, and what people type between them


def code_field(**options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs=CODE_ATTRIBUTES)
    return forms.CharField(label=_("Code"), max_length=MAX_CODE, widget=widget, **options)


class SecondStepForm(CursorMixin, forms.Form):
    """Ask for a code of the app, or for a recovery code."""

    code = code_field(help_text=_("From your authenticator app, or one of your recovery codes."))
    reauthenticated = False
    authenticator: Authenticator

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = codes.check(context.request, self.user, code)
        return code

    def save(self) -> None:
        post_authentication(
            context.request, self.authenticator, reauthenticated=self.reauthenticated
        )


class ConfirmByCodeForm(SecondStepForm):
    reauthenticated = True


class SetUpCodesForm(CursorMixin, forms.Form):
    """Ask for the first code of an app that has just been given its secret."""

    code = code_field(help_text=_("The six digits that the app shows now."))

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        session = context.request.session
        self.secret = (self.is_bound and new_secret.read(session)) or new_secret.make(session)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        codes.check_first(context.request, self.user, self.secret, code)
        return code
