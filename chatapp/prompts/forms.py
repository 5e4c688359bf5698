"""The forms of prompts, and the sentences about their limits."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.models import Person
from chatapp.accounts.permissions import Permission, allows
from chatapp.prompts import names, saving
from chatapp.prompts.models import MAX_DESCRIPTION, MAX_TEXT, SavedPrompt
from chatapp.prompts.variables import MAX_VARIABLES, parse

PLAIN = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
SYNTAX = "{{topic}}", "{{language=English}}", r"\{{"


class SavedPromptForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=names.MAX_LENGTH + 1,  # with a slash before it
        help_text=gettext_lazy("Letters, digits and hyphens. You type it after a slash: /name"),
        widget=forms.TextInput(attrs={**PLAIN, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Enter a name.")},
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        max_length=MAX_DESCRIPTION,
        help_text=gettext_lazy("Optional. It's shown beside the name."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        strip=False,
        help_text=format_lazy(
            gettext_lazy(
                "You're asked for {0} when you use the prompt; {1} is filled in unless you change "
                "it. Write {2} for braces that stay as they are."
            ),
            *SYNTAX,
        ),
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto", "maxlength": MAX_TEXT}),
        error_messages={"required": gettext_lazy("Enter the text of the prompt.")},
    )
    is_of_site = forms.BooleanField(
        label=gettext_lazy("For everybody on this site"), required=False
    )

    def __init__(
        self, person: Person, prompt: SavedPrompt, data: QueryDict | None = None, text: str = ""
    ) -> None:
        self._person = person
        self.prompt = prompt
        initial = {name: getattr(prompt, name) for name in ("name", "description", "text")}
        super().__init__(data, initial=initial | ({"text": text} if text else {}))
        if not (self.is_new and allows(person, Permission.WRITE_SITE_PROMPTS)):
            del self.fields["is_of_site"]

    @property
    def is_new(self) -> bool:
        return self.prompt._state.adding

    def save(self) -> bool:
        """Store the prompt of a valid form; return False, with an error, if it is refused."""
        prompt, cleaned = self.prompt, self.cleaned_data
        if self.is_new:
            prompt.owner = None if cleaned.get("is_of_site") else self._person
        for name in ("name", "description", "text"):
            setattr(prompt, name, cleaned[name])
        try:
            saving.save(prompt)
        except saving.NameTaken:
            self.add_error("name", _taken(prompt))
        except saving.PromptsFull:
            sentence = _("There can be up to %(limit)s prompts. Delete one first.")
            self.add_error(None, sentence % {"limit": saving.MAX_PROMPTS})
        except saving.TextsFull:
            sentence = _(
                "All texts together can have up to %(limit)s characters. Shorten or delete some."
            )
            self.add_error("text", sentence % {"limit": f"{saving.MAX_TOTAL:,}"})
        return not self.errors

    def clean_name(self) -> str:
        name = names.normalize(self.cleaned_data["name"])
        if not names.is_valid(name):
            raise forms.ValidationError(
                _("Use up to %(limit)s letters, digits and hyphens, such as “weekly-report”."),
                params={"limit": names.MAX_LENGTH},
            )
        return name

    def clean_description(self) -> str:
        return " ".join(self.cleaned_data["description"].split())

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].replace("\r\n", "\n")
        if not text.strip():
            raise forms.ValidationError(_("Enter the text of the prompt."))
        if len(text) > MAX_TEXT:
            raise forms.ValidationError(
                _("This text has %(count)s characters. Shorten it to %(limit)s."),
                params={"count": f"{len(text):,}", "limit": f"{MAX_TEXT:,}"},
            )
        count = len(parse(text).variables)
        if count > MAX_VARIABLES:
            raise forms.ValidationError(
                _("A prompt can have up to %(limit)s variables (this one has %(count)s)."),
                params={"count": count, "limit": MAX_VARIABLES},
            )
        return text


class ValuesForm(forms.Form):
    """One field for each variable of a prompt, named by its place."""

    def __init__(self, prompt: SavedPrompt, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._parsed = prompt.parsed
        for index, variable in enumerate(self._parsed.variables):
            self.fields[f"value-{index}"] = forms.CharField(
                label=variable.name,
                required=False,
                strip=False,
                initial=variable.default,
                widget=forms.Textarea(attrs={"rows": 1, "dir": "auto", "autocomplete": "off"}),
            )

    @property
    def text(self) -> str:
        """Return the text of the prompt with the values of a valid form."""
        values: list[Any] = [self.cleaned_data.get(name, "") for name in self.fields]
        return self._parsed.fill([value.replace("\r\n", "\n") for value in values])


def _taken(prompt: SavedPrompt) -> str:
    if prompt.is_of_site:
        return _("This site already has a prompt called /%(name)s.") % {"name": prompt.name}
    return _("You already have a prompt called /%(name)s.") % {"name": prompt.name}
