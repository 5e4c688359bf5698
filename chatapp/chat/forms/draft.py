"""The form of a draft."""

from typing import Any

from django import forms
from django.http import QueryDict

from chatapp.accounts.models import Person
from chatapp.chat.forms.limits import check_image_count, message_text
from chatapp.chat.forms.named_images import own_images
from chatapp.chat.image_links import may_go_to_model
from chatapp.conversations.models import DraftContent
from chatapp.images.shown_image import ShownImage

MAX_EDIT = 2**31 - 1


class DraftForm(forms.Form):
    client_id = forms.UUIDField()
    tab = forms.UUIDField()
    edit = forms.IntegerField(min_value=0, max_value=MAX_EDIT)
    text = forms.CharField(required=False, strip=False)

    def __init__(self, person: Person, data: QueryDict) -> None:
        super().__init__(data)
        self.person = person
        self.images = data.getlist("image")

    def clean_text(self) -> str:
        return message_text(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_image_count(len(self.images))
        return cleaned

    @property
    def sentence(self) -> str:
        return str(next(iter(self.errors.values()))[0])

    @property
    def written(self) -> DraftContent:
        fields = ("client_id", "text", "tab", "edit")
        return DraftContent(
            **{name: self.cleaned_data[name] for name in fields}, images=self._own()
        )

    def _own(self) -> tuple[ShownImage | str, ...]:
        """Return the person's own images.

        Anything else is dropped, because the text matters more.
        """
        images = own_images(self.person, self.images)
        links = {each: each for each in self.images if may_go_to_model(each)}
        known: dict[str, ShownImage | str] = {**links, **images}
        return tuple(known[each] for each in self.images if each in known)
