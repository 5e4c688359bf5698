"""The forms with which people are changed."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import assignable_roles
from chatapp.accounts.roles import Role
from chatapp.retirement import offers


class RoleForm(forms.Form):
    """A role, and the models of a guest; what took the place of one that ended is shown instead."""

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
        named = [model.id for each in person.allowed_models if (model := offers.find(each))]
        initial = {"role": person.role, "models": named}
        super().__init__(data, initial=initial, prefix=None, auto_id="person-%s")
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, role.label) for role in assignable_roles(actor)
        ]
        self.fields["models"].choices = [  # type: ignore[attr-defined]
            (model.id, model.label) for model in offers.offered().values()
        ]

    @property
    def chosen(self) -> tuple[Role, list[str]]:
        values: dict[str, Any] = self.cleaned_data
        return Role(values["role"]), values["models"]
