"""Changing, confirming and resetting a password: allauth's forms with our fields and limits."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal import flows
from allauth.core import context
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from chatapp.accounts import guesses
from chatapp.accounts.fields import (
    CursorMixin,
    NewPasswordMixin,
    PasswordField,
    RepeatedPasswordField,
    new_password_field,
)
from chatapp.accounts.models import Person


class ChangePasswordForm(CursorMixin, NewPasswordMixin, allauth.UserForm):
    oldpassword = PasswordField(_("Current password"))
    password1 = new_password_field(_("New password"))
    password2 = RepeatedPasswordField()
    new_password = "password1"  # noqa: S105 - the name of its field

    def clean_oldpassword(self) -> str:
        return _checked_current_password(self.user, self.cleaned_data["oldpassword"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_new_password(self.user)
        return cleaned

    def save(self) -> None:
        flows.password_change.change_password(self.user, self.cleaned_data["password1"])


class LinkForm(allauth.UserTokenForm):
    """Check the link of somebody who wants to choose a password, and may sign in with it."""

    def _get_user(self, uidb36: str) -> Person | None:
        person: Person | None = super()._get_user(uidb36)
        return person if person and person.is_active else None


class ChoosePasswordForm(CursorMixin, NewPasswordMixin, forms.Form):
    """Choose a new password at the address of a link that was sent or handed over."""

    password1 = new_password_field(_("New password"))
    password2 = RepeatedPasswordField()
    new_password = "password1"  # noqa: S105 - the name of its field

    def __init__(self, *args: Any, user: Person, temp_key: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_new_password(self.user)
        return cleaned

    def save(self) -> None:
        flows.password_reset.reset_password(self.user, self.cleaned_data["password1"])


class ResetRequestForm(CursorMixin, forms.Form):
    """Ask for a link. Nothing is looked up here: the time of the answer would tell."""

    email = forms.EmailField(
        label=_("Email"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def clean_email(self) -> str:
        return Person.objects.normalize_email(self.cleaned_data["email"])

    def save(self, request: HttpRequest) -> None:
        """Leave the email to the view, which handles it after the answer."""
        request.reset_email = self.cleaned_data["email"]  # type: ignore[attr-defined]


class ConfirmForm(CursorMixin, forms.Form):
    password = PasswordField(_("Password"))

    def __init__(self, *args: Any, user: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        return _checked_current_password(self.user, self.cleaned_data["password"])


def _checked_current_password(person: Person, password: str) -> str:
    is_right = guesses.check_current_password(context.request, person, password)
    if is_right is None:
        raise get_adapter().validation_error("too_many_current_passwords")
    if not is_right:
        raise get_adapter().validation_error("enter_current_password")
    return password
