"""Sign-in and the first account."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
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


class SignInForm(CursorMixin, LoginForm):
    password = PasswordField(_("Password"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        attributes = {"type": "email", "autocomplete": "username webauthn"}
        self.fields["login"].widget = forms.EmailInput(attrs=attributes)
        self._place_cursor("login")


class FirstAccountForm(CursorMixin, NewPasswordMixin, forms.ModelForm):
    """Ask for the email and password of the first person, who becomes the owner.

    On a public address, the code from the config vars proves that this is the owner.
    """

    password = new_password_field(_("Password"))
    password2 = RepeatedPasswordField()

    class Meta:
        model = Person
        fields = ["email"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.POST or None)
        self.request = request
        if not settings.PASSWORDS:  # the owner signs in as everybody does
            del self.fields["password"], self.fields["password2"]
        if settings.SETUP_CODE:
            self.fields["setup_code"] = forms.CharField(
                label=_("Setup code"),
                help_text=_("You'll find it in the app's config vars, under CHAT_SETUP_CODE."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean_setup_code(self) -> str:
        code: str = self.cleaned_data["setup_code"]
        counter = guesses.take_setup_code(self.request)
        if counter is None:
            raise forms.ValidationError(_("Too many wrong codes. Wait ten minutes and try again."))
        if not constant_time_compare(code, settings.SETUP_CODE):
            guesses.log_wrong_setup_code(self.request)
            raise forms.ValidationError(_("This isn't the setup code."))
        counter.give_back()
        return code

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_new_password(Person(email=cleaned.get("email", "")))
        return cleaned
