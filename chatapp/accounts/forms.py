from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person


class SignInForm(LoginForm):
    """Extend allauth's form: the cursor is in the first field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autofocus"] = True


class FirstAccountForm(forms.ModelForm):
    """Ask for the email and password of the first person, who becomes the owner.

    On a public address, the code from the config vars proves that this is the owner.
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
                help_text=_("You'll find it in the app's config vars, under CHAT_SETUP_CODE."),
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    def clean_setup_code(self) -> str:
        code: str = self.cleaned_data["setup_code"]
        if not constant_time_compare(code, settings.SETUP_CODE):
            raise forms.ValidationError(_("This isn't the setup code."))
        return code

    def clean(self) -> dict[str, str]:
        cleaned: dict[str, str] = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            try:
                validate_password(password, Person(email=cleaned.get("email", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned
