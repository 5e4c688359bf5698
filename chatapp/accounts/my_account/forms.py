"""The forms of a person's own account. Each is a section of the page."""

from functools import cache
from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.accounts.my_account.personal_instructions import MAX_CHARACTERS
from chatapp.accounts.names import clean_email, clean_name
from chatapp.accounts.time_zones import find_zone

# The others are old names of the same zones, such as US/Eastern.
AREAS = (
    *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia"),
    *("Europe", "Indian", "Pacific"),
)


class SectionForm(forms.BaseForm):
    """Put the cursor where the mistake is; a page of several forms has no first field."""

    def full_clean(self) -> None:
        super().full_clean()
        if wrong := next((name for name in self.fields if name in self.errors), None):
            self.fields[wrong].widget.attrs["autofocus"] = True


class NameForm(SectionForm, forms.ModelForm):
    class Meta:
        model = Person
        fields = ["name"]
        help_texts = {"name": gettext_lazy("Shown in the menu and to the people of this site.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})}
        error_messages = {
            "name": {"max_length": gettext_lazy("Use at most %(limit_value)d characters.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser would cut off without a word what is longer.
        self.fields["name"].widget.attrs.pop("maxlength", None)

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"])


class EmailForm(SectionForm, forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": gettext_lazy("Enter an email.")},
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["email"].widget.attrs.pop("maxlength", None)

    def clean_email(self) -> str:
        email = clean_email(self.cleaned_data["email"])
        if email == self.person.email:
            raise ValidationError(_("This is your email already."))
        return email


class TimeZoneForm(SectionForm, forms.ModelForm):
    chosen_time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a time zone of the list.")},
    )

    class Meta:
        model = Person
        fields = ["chosen_time_zone"]

    def __init__(self, browser_zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reported = _("As my browser reports (%(zone)s)") % {"zone": _shown(browser_zone)}
        self.fields["chosen_time_zone"].choices = [("", reported), *_zones()]  # type: ignore[attr-defined]

    def save(self, commit: bool = True) -> Person:
        """Use the zone for replies at once: they have no request to read it from."""
        person: Person = self.instance
        if zone := find_zone(person.chosen_time_zone):
            person.time_zone = zone.key
        person.save(update_fields=["chosen_time_zone", "time_zone"])
        return person


class LongText(forms.CharField):
    """A text of several lines, whose limit gets a sentence and cuts nothing off."""

    def __init__(self, label: Any, help_text: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "dir": "auto"})
        super().__init__(label=label, help_text=help_text, required=False, widget=widget)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).replace("\r\n", "\n")
        if len(text) > MAX_CHARACTERS:
            raise ValidationError(
                _("This has %(count)s characters. Shorten it to %(limit)s."),
                params={"count": f"{len(text):,}", "limit": f"{MAX_CHARACTERS:,}"},
            )
        return text


class InstructionsForm(SectionForm, forms.ModelForm):
    about = LongText(
        gettext_lazy("About you"),
        gettext_lazy("What the model should know: your work, where you live, what you care about."),
    )
    answer_style = LongText(
        gettext_lazy("How to answer"), gettext_lazy("The tone, the language, the length.")
    )

    class Meta:
        model = PersonalInstructions
        fields = ["about", "answer_style"]


@cache
def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the time zones by area. Looking them up opens hundreds of files."""
    keys = sorted(key for key in available_timezones() if key.partition("/")[0] in AREAS)
    areas = groupby(keys, key=lambda key: key.partition("/")[0])
    places = [(area, [(key, _place(key)) for key in found]) for area, found in areas]
    return [("UTC", [("UTC", "UTC")]), *places]


def _place(key: str) -> str:
    return _shown(key.partition("/")[2])


def _shown(key: str) -> str:
    return key.replace("_", " ").replace("/", " / ")
