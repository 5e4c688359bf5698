from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person


class SignInForm(LoginForm):
    """allauth's own, with the cursor where one begins to type."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True


class FirstAccountForm(forms.ModelForm):
    """Email and password of the first person, who owns the house.

    Where anybody can come by, the code from the config vars shows whose house it is.
    """

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 8 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    class Meta:
        model = Person
        fields = ["email"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.SETUP_CODE:
            self.fields["setup_code"] = forms.CharField(
                label=_("Setup code"),
                help_text=_("It stands in the config vars of the app as CHAT_SETUP_CODE."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean_setup_code(self) -> str:
        code: str = self.cleaned_data["setup_code"]
        if not constant_time_compare(code, settings.SETUP_CODE):
            raise forms.ValidationError(_("This is not the setup code."))
        return code

    def clean(self) -> dict[str, str]:
        cleaned: dict[str, str] = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            try:
                validate_password(password, Person(email=cleaned.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
