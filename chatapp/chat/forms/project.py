"""The forms of a project: its name, its instructions, and the settings of new chats in it."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.names import clean_name
from chatapp.chat.forms.settings import MAX_INSTRUCTIONS, SettingsForm
from chatapp.projects.models import NAME_LENGTH, Project
from chatapp.projects.starting_settings import settings_in


class NameField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=_("Name"),
            max_length=NAME_LENGTH,
            widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
            error_messages={
                "required": _("Give the project a name."),
                "max_length": _("Use at most %(limit_value)d characters."),
            },
        )

    def clean(self, value: Any) -> str:
        return super().clean(clean_name(str(value or "")))


class NewProjectForm(forms.Form):
    name = NameField()


class InstructionsForm(forms.Form):
    instructions = forms.CharField(
        required=False,
        max_length=MAX_INSTRUCTIONS,
        error_messages={
            "max_length": _(
                "The instructions have %(show_value)d characters. Shorten them to %(limit_value)d."
            )
        },
    )

    def clean_instructions(self) -> str:
        text: str = self.cleaned_data["instructions"]
        return text.replace("\r\n", "\n")


class ProjectForm(SettingsForm):
    """The name, and the settings with which a new chat begins: own ones, or with `usual` those that
    a person has everywhere."""

    name = NameField()
    usual = forms.BooleanField(required=False)

    def __init__(self, project: Project, data: QueryDict | None = None) -> None:
        super().__init__(project.owner, settings_in(project, project.owner), data)
        self.project = project
        self.is_usual = "usual" in data if data is not None else not project.model

    @property
    def shown_name(self) -> str:
        return str(self.data.get("name", self.project.name))

    @property
    def saved_values(self) -> dict[str, Any]:
        """Return the columns of a valid form; the instructions have a form of their own."""
        values = asdict(self.chosen)
        del values["instructions"]
        if self.cleaned_data["usual"]:
            values["model"] = ""
        return {"name": self.cleaned_data["name"], **values}
