"""Limits of a message, for sending one and for keeping a draft."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _


def message_text(typed: str) -> str:
    """Return a text as it is stored. Raises ValidationError for one that is too long."""
    text = typed.replace("\r\n", "\n")
    if len(text) > settings.MAX_MESSAGE_CHARACTERS:
        raise forms.ValidationError(
            _("This message has %(count)s characters. Shorten it to %(limit)s."),
            params={"count": f"{len(text):,}", "limit": f"{settings.MAX_MESSAGE_CHARACTERS:,}"},
        )
    return text


def check_attachment_count(count: int) -> None:
    """Raise ValidationError for more images and files than one message may have."""
    if count > settings.MAX_IMAGES_PER_MESSAGE:
        raise forms.ValidationError(
            _("You can attach up to %(limit)s images and files (you chose %(count)s)."),
            params={"limit": settings.MAX_IMAGES_PER_MESSAGE, "count": count},
        )
