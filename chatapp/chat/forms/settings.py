"""The form of a conversation's settings."""

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.models import Person
from chatapp.chat.forms import tool_switches
from chatapp.chat.forms.tool_switches import ToolField
from chatapp.conversations.models import Effort, ModelSettings
from chatapp.conversations.models.model_choice import find_for, models_for
from chatapp.inference.catalog import Model, find_model
from chatapp.mcp.switches import Switch, switches_for

MAX_INSTRUCTIONS = 20_000  # characters
MIN_TOKENS = 256
NAMES = tuple(field.name for field in fields(ModelSettings) if field.name != "tool_choices")
IN_THE_SHEET_ONLY = ("instructions", "temperature", "top_p", "max_tokens")


class ShareField(forms.FloatField):
    """A number from 0 to 1, or nothing; one sentence covers every mistake."""

    def __init__(self, sentence: Any) -> None:
        messages = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
        super().__init__(required=False, min_value=0, max_value=1, error_messages=messages)


class SettingsForm(forms.Form):
    """Fields that aren't posted stay as they are in `base`; a valid form has the result in
    `chosen`."""

    model = forms.CharField(required=False)
    instructions = forms.CharField(required=False)
    thinking = forms.ChoiceField(
        required=False,
        choices=Effort.choices,
        error_messages={"invalid_choice": gettext_lazy("Choose Off, Low, Medium or High.")},
    )
    temperature = ShareField(gettext_lazy("The temperature is a number from 0 to 1."))
    top_p = ShareField(gettext_lazy("Top P is a number from 0 to 1."))
    max_tokens = forms.IntegerField(
        required=False, error_messages={"invalid": gettext_lazy("The length is a whole number.")}
    )
    as_default = forms.BooleanField(required=False)

    data: QueryDict
    chosen: ModelSettings

    def __init__(
        self,
        person: Person,
        base: ModelSettings,
        data: QueryDict | None = None,
        files: MultiValueDict | None = None,
    ) -> None:
        super().__init__(data, files)
        self.person = person
        self.base = base

    @property
    def sentence(self) -> str:
        """Return the first problem, for the person."""
        return next((str(errors[0]) for errors in self.errors.values()), "")

    @property
    def problems(self) -> dict[str, str]:
        """Return a sentence for each invalid setting, by its name."""
        return {name: str(self.errors[name][0]) for name in NAMES if name in self.errors}

    @property
    def shown(self) -> dict[str, str]:
        """Return the value of each field: as typed, else as set."""
        values = {name: "" if v is None else str(v) for name, v in asdict(self.base).items()}
        del values["tool_choices"]
        typed = (name for name in (*NAMES, "as_default") if name in self.data)
        return values | {name: str(self.data[name]) for name in typed}

    @property
    def has_more(self) -> bool:
        """Return whether something is set that only the sheet shows."""
        is_set = any(self.shown[name] for name in IN_THE_SHEET_ONLY)
        return is_set or any(field.is_changed for field in self.tools)

    @cached_property
    def switches(self) -> list[Switch]:
        """Return the tool switches that the person is offered. Costs one query."""
        return switches_for(self.person)

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """Return the models that the person may choose."""
        return models_for(self.person)

    @cached_property
    def tools(self) -> list[ToolField]:
        return tool_switches.fields_of(self.switches, self.base.tool_choices, self.data)

    def clean_model(self) -> str:
        return checked_model(self.person, self.cleaned_data["model"] or self.base.model)

    def clean_instructions(self) -> str:
        text: str = self.cleaned_data["instructions"].replace("\r\n", "\n")
        if len(text) > MAX_INSTRUCTIONS:
            raise forms.ValidationError(
                _("The instructions have %(count)s characters. Shorten them to %(limit)s."),
                params={"count": f"{len(text):,}", "limit": f"{MAX_INSTRUCTIONS:,}"},
            )
        return text

    def clean_max_tokens(self) -> int | None:
        tokens: int | None = self.cleaned_data["max_tokens"]
        model = self.models.get(self.cleaned_data.get("model", self.base.model))
        if tokens is not None and model and not MIN_TOKENS <= tokens <= model.max_output:
            raise forms.ValidationError(
                _("Choose a length from %(least)s to %(most)s tokens for %(model)s."),
                params={
                    "model": model.label,
                    "least": MIN_TOKENS,
                    "most": f"{model.max_output:,}",
                },
            )
        return tokens

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        given = {name: cleaned[name] for name in NAMES if name in self.data and name in cleaned}
        if given.get("temperature") is not None and given.get("top_p") is not None:
            self.add_error("top_p", _("Set the temperature or Top P, not both."))
        if not self.errors:
            chosen = replace(self.base, **given)
            chosen = _consistent(chosen, self.models[chosen.model], given)
            self.chosen = replace(chosen, tool_choices=self._tool_choices())
        return cleaned

    def _tool_choices(self) -> Mapping[str, bool]:
        before = self.base.tool_choices
        if not tool_switches.is_posted(self.data):
            return before
        return tool_switches.posted(self.switches, before, self.data)


def checked_model(person: Person, wanted: str) -> str:
    """Return the id of the model that a page names. Raises ValidationError."""
    model = find_for(person, wanted)
    if model is None and find_model(settings.CATALOG, wanted):
        raise forms.ValidationError(_("You can't use this model any more. Choose another one."))
    if model is None:
        raise forms.ValidationError(_("This model isn't available. Choose another one."))
    return model.id


def _consistent(chosen: ModelSettings, model: Model, given: dict[str, Any]) -> ModelSettings:
    """Drop an earlier setting that conflicts with a new one."""
    if not model.thinking:
        chosen = replace(chosen, thinking=Effort.OFF)
    if chosen.max_tokens is not None:
        chosen = replace(chosen, max_tokens=min(chosen.max_tokens, model.max_output))
    if given.get("temperature") is not None:
        chosen = replace(chosen, top_p=None)
    elif given.get("top_p") is not None:
        chosen = replace(chosen, temperature=None)
    return chosen
