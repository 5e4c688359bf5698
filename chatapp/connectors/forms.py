"""Name, address and token of a server, and the sentence for everything else."""

import re
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.connectors import addresses
from chatapp.connectors.models import NAME_LENGTH, Server
from chatapp.connectors.sealing import is_readable, seal

MAX_TOKEN = 4_000  # characters; servers refuse longer headers
TOKEN = re.compile("[!-~]*")  # what a header takes: visible ASCII
BEARER = re.compile("bearer +", re.IGNORECASE)  # is pasted along, and sent by the client anyway


class ServerForm(forms.Form):
    """A new server, or changes to one. A change writes only what was changed in this form: another
    tab may have changed the rest meanwhile."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("As chats show it."),
        show_hidden_initial=True,
        error_messages={"required": gettext_lazy("Give it a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy(
            "Where it takes calls, such as https://tools.example.com/mcp. It may stand in your own "
            "network."
        ),
        show_hidden_initial=True,
        error_messages={"required": gettext_lazy("Enter the address of the server.")},
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    # Not "off", which browsers ignore: they would fill in the person's own password.
    token = forms.CharField(
        label=gettext_lazy("Token"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    without_token = forms.BooleanField(
        label=gettext_lazy("Remove the token that is kept"), required=False
    )

    def __init__(self, server: Server | None = None, data: QueryDict | None = None) -> None:
        self.server = server or Server()
        initial = {"name": self.server.name, "url": self.server.url}
        super().__init__(data, initial=initial)
        self.fields["token"].help_text = self._about_token()
        if self.is_new and data is None:
            self.fields["name"].widget.attrs["autofocus"] = True

    @property
    def is_new(self) -> bool:
        return self.server.pk is None

    @property
    def token_is_kept(self) -> bool:
        return bool(self.server.sealed_token)

    @property
    def token_was_typed(self) -> bool:
        """It is not shown again when the form is."""
        return bool(self.data.get("token"))

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if len(name) > NAME_LENGTH:
            raise forms.ValidationError(
                _("The name has %(count)s characters; at most %(limit)s fit.")
                % {"count": len(name), "limit": NAME_LENGTH}
            )
        if not name.isprintable():
            raise forms.ValidationError(_("The name has a character that nobody sees."))
        if "name" in self.changed_data and self._is_taken(name):
            raise forms.ValidationError(_taken())
        return name

    def clean_url(self) -> str:
        return addresses.checked(self.cleaned_data["url"])

    def clean_token(self) -> str:
        token = BEARER.sub("", self.cleaned_data["token"], count=1)
        if len(token) > MAX_TOKEN:
            raise forms.ValidationError(_("This is too long for a token."))
        if not TOKEN.fullmatch(token):
            raise forms.ValidationError(
                _("A token has only letters, digits and signs, and no spaces.")
            )
        return token

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("token") and cleaned["without_token"]:
            self.add_error("token", _("Either enter a token or remove the one that is kept."))
        if not self.errors and self._would_lead_token_astray(cleaned):
            self.add_error(
                "token",
                _(
                    "The token was given for another address. Enter the one for this address, or "
                    "remove it."
                ),
            )
        return cleaned

    def save(self) -> bool:
        """Writes what was changed, once the form is valid. False, with the error in the form, when
        the name was taken a moment ago."""
        is_new, changes = self.is_new, self._changes()
        for field, value in changes.items():
            setattr(self.server, field, value)
        try:
            with transaction.atomic():
                self.server.save(update_fields=None if is_new else list(changes))
        except IntegrityError:
            self.add_error("name", _taken())
            return False
        return True

    def _changes(self) -> dict[str, Any]:
        """By fields of the row. What was found at another address, or without the token, is no
        longer known."""
        cleaned, changes = self.cleaned_data, {}
        # A token goes where the form said that it would, whatever the row says by now.
        if "url" in self.changed_data or cleaned["token"]:
            changes["url"] = cleaned["url"]
        if cleaned["token"] or cleaned["without_token"]:
            changes["sealed_token"] = seal(cleaned["token"])
        if changes:
            changes |= {"checked_at": None, "problem": ""}
        if "name" in self.changed_data:
            changes["name"] = cleaned["name"]
        return changes

    def _about_token(self) -> str:
        if not self.token_is_kept:
            return _(
                "Only if the server wants one, as “Bearer”. It is kept encrypted and never shown."
            )
        if is_readable(self.server.sealed_token):
            return _("One is kept. Leave this empty to keep it.")
        return _(
            "The one that is kept can no longer be read, because SECRET_KEY has changed: enter it "
            "again."
        )

    def _is_taken(self, name: str) -> bool:
        return Server.objects.exclude(pk=self.server.pk).filter(name__iexact=name).exists()

    def _would_lead_token_astray(self, cleaned: dict[str, Any]) -> bool:
        """A token that is kept would be sent to another server."""
        if not self.token_is_kept or cleaned["token"] or cleaned["without_token"]:
            return False
        moves = addresses.origin(cleaned["url"]) != addresses.origin(self.server.url)
        return moves and "url" in self.changed_data


def _taken() -> str:
    return _("There is a server of this name already.")
