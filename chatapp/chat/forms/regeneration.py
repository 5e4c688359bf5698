"""The form with which a reply is made again."""

from uuid import UUID, uuid5

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.chat.forms.settings import checked_model
from chatapp.conversations.models import Effort, Message, NewVersion, Variation
from chatapp.conversations.models.model_choice import model_of, models_for
from chatapp.server.request_values import read_uuid, whole_number


class RegenerationForm(forms.Form):
    """What isn't posted stays as it was for the reply; only the variation never does."""

    # The client id of the version to add, or how many versions the page shows of a reply that one
    # click repeats: two clicks are one version.
    version = forms.CharField()
    head = forms.UUIDField(required=False)
    model = forms.CharField(required=False)
    thinking = forms.ChoiceField(
        required=False,
        choices=Effort.choices,
        error_messages={"invalid_choice": gettext_lazy("Choose Off, Low, Medium or High.")},
    )
    variation = forms.ChoiceField(required=False, choices=Variation.choices)
    stop = forms.BooleanField(required=False)

    data: QueryDict

    def __init__(self, reply: Message, data: QueryDict) -> None:
        super().__init__(data)
        self.reply = reply
        self.person = reply.conversation.owner

    def clean_version(self) -> UUID:
        wanted = self.cleaned_data["version"]
        count = whole_number(wanted)
        version = uuid5(self.reply.pk, str(count)) if count else read_uuid(wanted)
        if version is None:
            raise forms.ValidationError(_("This page was out of date. Try again."))
        return version

    def clean_model(self) -> str:
        if wanted := self.cleaned_data["model"]:
            return checked_model(self.person, wanted)
        return model_of(self.reply).id

    @property
    def sentence(self) -> str:
        """Return the first problem, for the person."""
        return next(str(errors[0]) for errors in self.errors.values())

    @property
    def wanted(self) -> NewVersion:
        values = self.cleaned_data
        model = models_for(self.person)[values["model"]]
        thinking = values["thinking"] if "thinking" in self.data else self.reply.thinking
        return NewVersion(
            client_id=values["version"],
            model=model.id,
            thinking=thinking if model.thinking else Effort.OFF,
            variation=values["variation"],
            head=values["head"],
        )
