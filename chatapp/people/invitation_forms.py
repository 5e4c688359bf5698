"""The form that makes an invitation, and the one with which a person joins."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.fields import (
    CursorMixin,
    NewPasswordMixin,
    RepeatedPasswordField,
    new_password_field,
)
from chatapp.accounts.models import Person
from chatapp.accounts.names import clean_email, clean_name
from chatapp.accounts.permissions import assignable_roles
from chatapp.accounts.roles import Role
from chatapp.people.models import Invitation

DAYS = (1, 7, 30)
DEFAULT_DAYS = 7
ROLE_HELP = {
    Role.ADMIN: gettext_lazy("Invites and manages members and guests, sees everybody's usage."),
    Role.MEMBER: gettext_lazy("Chats with every model and tool, and shares chats."),
    Role.GUEST: gettext_lazy("Chats with the models that you choose."),
}


class InvitationForm(forms.Form):
    id = forms.UUIDField(widget=forms.HiddenInput)
    role = forms.ChoiceField(label=gettext_lazy("Role"), widget=forms.RadioSelect)
    models = forms.MultipleChoiceField(
        label=gettext_lazy("Models of a guest"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.TypedChoiceField(label=gettext_lazy("The link works"), coerce=int)
    email = forms.EmailField(
        label=gettext_lazy("Send the link by email"),
        required=False,
        help_text=gettext_lazy("Optional. You also get the link to pass on yourself."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, maker: Person, data: QueryDict | None = None) -> None:
        self.maker = maker
        first = next(iter(settings.CATALOG))
        initial = {"id": uuid4(), "role": Role.MEMBER, "models": [first], "days": DEFAULT_DAYS}
        super().__init__(data, initial=initial, auto_id="invite-%s")
        self._offer("role", [(role.value, role.label) for role in assignable_roles(maker)])
        self._offer("models", [(each.id, each.label) for each in settings.CATALOG.values()])
        self._offer("days", [(days, _days_label(days)) for days in DAYS])
        if not settings.EMAIL_URL:
            del self.fields["email"]

    @property
    def role_rows(self) -> list[tuple[Any, str]]:
        """Return each choice of a role, and what it means."""
        return [(each, str(ROLE_HELP[Role(each.data["value"])])) for each in self["role"]]

    def clean_email(self) -> str:
        email = clean_email(self.cleaned_data["email"])
        if email and Person.objects.filter(email=email).exists():
            raise forms.ValidationError(_("This person has an account already."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("role") != Role.GUEST:
            cleaned["models"] = []
        elif not cleaned.get("models") and "models" not in self.errors:
            self.add_error("models", _("Choose at least one model."))
        return cleaned

    @property
    def invitation(self) -> Invitation:
        """Return what a valid form describes; it isn't stored."""
        cleaned = self.cleaned_data
        number: UUID = cleaned["id"]
        return Invitation(
            id=number,
            role=cleaned["role"],
            allowed_models=cleaned["models"],
            email=cleaned.get("email", ""),
            made_by=self.maker,
        )

    def _offer(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]


class JoinForm(CursorMixin, NewPasswordMixin, forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Email"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = new_password_field(gettext_lazy("Password"))
    password2 = RepeatedPasswordField()
    name = forms.CharField(
        label=gettext_lazy("Your name (optional)"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )

    def clean_email(self) -> str:
        return clean_email(self.cleaned_data["email"])

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_new_password(Person(email=cleaned.get("email", "")))
        return cleaned

    @property
    def person(self) -> Person:
        """Return whom a valid form describes, without a password; it isn't stored."""
        return Person(email=self.cleaned_data["email"], name=self.cleaned_data["name"])


def _days_label(days: int) -> str:
    labels = {1: _("For 1 day"), 7: _("For 7 days"), 30: _("For 30 days")}
    return labels[days]
