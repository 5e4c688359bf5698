"""The forms with which people are changed."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import assignable_roles
from chatapp.accounts.roles import Role


class RoleForm(forms.Form):
    """A role, and the models of a guest; those no longer on offer are left out."""

    role = forms.ChoiceField(
        label=_("Role"),
        error_messages={"invalid_choice": _("Choose one of the roles.")},
    )
    models = forms.MultipleChoiceField(
        label=_("Models"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a choice, only this site's default model."),
        error_messages={"invalid_choice": _("One of the models isn't available. Choose again.")},
    )

    def __init__(self, actor: Person, person: Person, data: QueryDict | None = None) -> None:
        initial = {"role": person.role, "models": person.allowed_models}
        super().__init__(data, initial=initial, prefix=None, auto_id="person-%s")
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in assignable_roles(actor)
        ]
        self.fields["models"].choices = [  # type: ignore[attr-defined]
            (model.id, model.label) for model in settings.CATALOG.values()
        ]

    @property
    def chosen(self) -> tuple[Role, list[str]]:
        values: dict[str, Any] = self.cleaned_data
        return Role(values["role"]), values["models"]
