"""The form of a draft."""

from typing import Any

from django import forms
from django.http import QueryDict

from chatapp.accounts.models import Person
from chatapp.chat.forms.limits import check_attachment_count, message_text
from chatapp.chat.forms.named_files import own_documents, own_images
from chatapp.chat.image_links import may_go_to_model
from chatapp.conversations.models import DraftContent, Source
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.page_ranges import RangesRefused

MAX_EDIT = 2**31 - 1


class DraftForm(forms.Form):
    client_id = forms.UUIDField()
    tab = forms.UUIDField()
    edit = forms.IntegerField(min_value=0, max_value=MAX_EDIT)
    text = forms.CharField(required=False, strip=False)

    def __init__(self, person: Person, data: QueryDict) -> None:
        super().__init__(data)
        self.person = person
        self.attached = data.getlist("image")  # its name is older than documents

    def clean_text(self) -> str:
        return message_text(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_attachment_count(len(self.attached))
        return cleaned

    @property
    def sentence(self) -> str:
        return str(next(iter(self.errors.values()))[0])

    @property
    def written(self) -> DraftContent:
        fields = ("client_id", "text", "tab", "edit")
        return DraftContent(
            **{name: self.cleaned_data[name] for name in fields}, attached=self._own()
        )

    def _own(self) -> tuple[Source, ...]:
        """Return the person's own images and documents, and links.

        Anything else is dropped, also pages that can't be read, because the text matters more.
        """
        known: dict[str, Source] = {each: each for each in self.attached if may_go_to_model(each)}
        known |= own_images(self.person, self.attached)
        for name, chosen in own_documents(self.person, self.attached).items():
            known[name] = _readable(chosen)
        return tuple(known[each] for each in self.attached if each in known)


def _readable(chosen: ChosenPages) -> ChosenPages:
    try:
        return chosen.checked()
    except RangesRefused:
        return chosen._replace(pages="")
