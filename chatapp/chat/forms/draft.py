"""The form of a draft."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.chat.image_links import may_go_to_model
from chatapp.conversations.models import DraftContent
from chatapp.images.models import Image

MAX_EDIT = 2**31 - 1


class DraftText(forms.CharField):
    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class DraftForm(forms.Form):
    client_id = forms.UUIDField()
    tab = forms.UUIDField()
    edit = forms.IntegerField(min_value=0, max_value=MAX_EDIT)
    text = DraftText(required=False, strip=False)

    def __init__(self, person: Person, data: QueryDict) -> None:
        super().__init__(data)
        self.person = person
        self.images = data.getlist("image")

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if len(text) > settings.MAX_MESSAGE_CHARACTERS:
            raise forms.ValidationError(
                _("This message has %(count)s characters. Shorten it to %(limit)s."),
                params={
                    "count": f"{len(text):,}",
                    "limit": f"{settings.MAX_MESSAGE_CHARACTERS:,}",
                },
            )
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        count = len(self.images)
        if count > settings.MAX_IMAGES_PER_MESSAGE:
            raise forms.ValidationError(
                _("You can attach up to %(limit)s images (you chose %(count)s)."),
                params={"limit": settings.MAX_IMAGES_PER_MESSAGE, "count": count},
            )
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

    def _own(self) -> tuple[Image | str, ...]:
        """Return the person's own images.

        Anything else is dropped, because the text matters more.
        """
        ids = [found for each in self.images if (found := _uuid(each))]
        images = {str(image.pk): image for image in Image.objects.hold(self.person, ids)}
        links = {each: each for each in self.images if may_go_to_model(each)}
        known: dict[str, Image | str] = {**links, **images}
        return tuple(known[each] for each in self.images if each in known)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
