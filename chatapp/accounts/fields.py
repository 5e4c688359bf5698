"""The fields and the behaviour that all forms with a password share."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.models import Person

NEW_PASSWORD_HELP = gettext_lazy("At least 8 characters.")


class PasswordField(forms.CharField):
    """A password as it was typed; a script adds a button that shows it."""

    def __init__(self, label: Any, autocomplete: str = "current-password", **options: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(label=label, strip=False, widget=widget, **options)


def new_password_field(label: Any) -> PasswordField:
    return PasswordField(label, "new-password", help_text=NEW_PASSWORD_HELP)


class RepeatedPasswordField(PasswordField):
    """The same password again, for browsers without scripts: they can't show what is typed.

    Other browsers have no such field, and send nothing.
    """

    def __init__(self) -> None:
        super().__init__(gettext_lazy("Type it again"), "new-password", required=False)


class CursorMixin(forms.BaseForm):
    """Put the cursor where the mistake is, or into the first field."""

    # The field of an error that belongs to no single field.
    field_of_general_errors = "password"

    def full_clean(self) -> None:
        super().full_clean()
        names = [name for name in self.fields if name in self.errors]
        if self.non_field_errors() and self.field_of_general_errors in self.fields:
            names.append(self.field_of_general_errors)
        self._place_cursor(names[0] if names else next(iter(self.fields)))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._place_cursor(next(iter(self.fields)))

    def _place_cursor(self, name: str) -> None:
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)
        self.fields[name].widget.attrs["autofocus"] = True


class NewPasswordMixin(forms.BaseForm):
    """Check a new password: the rules, and that it was typed alike where it was typed twice."""

    new_password = "password"  # noqa: S105 - the name of its field

    def check_new_password(self, person: Person) -> None:
        password = self.cleaned_data.get(self.new_password)
        if not password:
            return
        try:
            validate_password(password, person)
        except forms.ValidationError as error:
            self.add_error(self.new_password, error)
        if "password2" in self.data and self.data["password2"] != password:
            self.add_error("password2", _("The two passwords differ."))
