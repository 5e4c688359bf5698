"""The form for a server: name, address, token and its header."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.mcp import addresses
from chatapp.mcp.encryption import encrypt, is_readable
from chatapp.mcp.models import MAX_NAME_LENGTH, Server
from chatapp.mcp.token_header import BEARER, TOKEN, split_line, validate_header

MAX_TOKEN = 4_000  # characters; servers refuse longer headers


class ServerForm(forms.Form):
    """Add a server or change one. A change writes only the fields that were changed in this form,
    because another tab may have changed the others."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("Shown in chats."),
        show_hidden_initial=True,
        error_messages={"required": gettext_lazy("Enter a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy(
            "The server's MCP endpoint, such as https://tools.example.com/mcp. It may be in your "
            "own network."
        ),
        show_hidden_initial=True,
        error_messages={"required": gettext_lazy("Enter the server's address.")},
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    # Not "off", which browsers ignore: they would fill in the person's own password.
    token = forms.CharField(
        label=gettext_lazy("Token"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    token_header = forms.CharField(
        label=gettext_lazy("Header for the token"),
        required=False,
        show_hidden_initial=True,
        help_text=gettext_lazy(
            "Only if the server wants the token in a header of its own, such as X-API-Key. Leave "
            "it empty for “Authorization: Bearer”."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    without_token = forms.BooleanField(label=gettext_lazy("Remove the saved token"), required=False)

    def __init__(self, server: Server | None = None, data: QueryDict | None = None) -> None:
        self.server = server or Server()
        names = ("name", "url", "token_header")
        initial = {name: getattr(self.server, name) for name in names}
        super().__init__(data, initial=initial)
        self.fields["token"].help_text = self._token_help()
        if self.is_new and data is None:
            self.fields["name"].widget.attrs["autofocus"] = True

    @property
    def is_new(self) -> bool:
        return self.server.pk is None

    @property
    def has_token(self) -> bool:
        return bool(self.server.encrypted_token)

    @property
    def token_was_typed(self) -> bool:
        """Return whether a token is lost when the form is shown again, which never repeats it."""
        return bool(self.data.get("token"))

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if len(name) > MAX_NAME_LENGTH:
            raise forms.ValidationError(
                _("Use at most %(limit)s characters for the name (it has %(count)s).")
                % {"count": len(name), "limit": MAX_NAME_LENGTH}
            )
        if not name.isprintable():
            raise forms.ValidationError(_("The name has an invisible character. Type it again."))
        if "name" in self.changed_data and self._is_taken(name):
            raise forms.ValidationError(_name_is_taken())
        return name

    def clean_url(self) -> str:
        return addresses.validate(self.cleaned_data["url"])

    def clean_token(self) -> str:
        self._pasted_header, token = split_line(self.cleaned_data["token"])
        token = BEARER.sub("", token, count=1)
        if len(token) > MAX_TOKEN:
            raise forms.ValidationError(
                _("Use at most %(limit)s characters for the token.") % {"limit": MAX_TOKEN}
            )
        if not TOKEN.fullmatch(token):
            raise forms.ValidationError(
                _("Use only letters, digits and punctuation for the token, without spaces.")
            )
        return token

    def clean_token_header(self) -> str:
        # A whole line in the field above names the header, too.
        typed, pasted = self.cleaned_data["token_header"], getattr(self, "_pasted_header", "")
        return validate_header(typed if "token_header" in self.changed_data else pasted or typed)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("token") and cleaned["without_token"]:
            self.add_error("token", _("Enter a token or remove the saved one, not both."))
        if not self.errors and self._would_leak_token(cleaned):
            self.add_error(
                "token",
                _(
                    "The saved token belongs to another address. Enter the token for this one, or "
                    "remove it."
                ),
            )
        return cleaned

    def save(self) -> bool:
        """Save the changes of a valid form. Return False, with an error in the form, when another
        server took the name a moment ago."""
        is_new, changes = self.is_new, self._changes()
        for field, value in changes.items():
            setattr(self.server, field, value)
        try:
            with transaction.atomic():
                self.server.save(update_fields=None if is_new else list(changes))
        except IntegrityError:
            self.add_error("name", _name_is_taken())
            return False
        return True

    def _changes(self) -> dict[str, Any]:
        """Return the changes by field of the row. The state belongs to an address and a token, so
        it is unknown after either has changed."""
        cleaned, changes = self.cleaned_data, {}
        # A token goes to the address on this form, even if another tab has changed the row.
        if "url" in self.changed_data or cleaned["token"]:
            changes["url"] = cleaned["url"]
        if cleaned["token"] or cleaned["without_token"]:
            changes["encrypted_token"] = encrypt(cleaned["token"])
        # A token that is typed belongs to the header on this form, as it does to the address.
        if cleaned["token"] or "token_header" in self.changed_data:
            changes["token_header"] = cleaned["token_header"]
        if changes:
            changes |= {"checked_at": None, "problem": ""}
        if "name" in self.changed_data:
            changes["name"] = cleaned["name"]
        return changes

    def _token_help(self) -> str:
        if not self.has_token:
            return _(
                "A token or API key, only if the server requires one. It is stored encrypted and "
                "never shown."
            )
        if is_readable(self.server.encrypted_token):
            return _("A token is saved. Leave this empty to keep it.")
        return _("The saved token can't be read, because SECRET_KEY has changed. Enter it again.")

    def _is_taken(self, name: str) -> bool:
        return Server.objects.exclude(pk=self.server.pk).filter(name__iexact=name).exists()

    def _would_leak_token(self, cleaned: dict[str, Any]) -> bool:
        """Return whether the saved token would be sent to another server."""
        if not self.has_token or cleaned["token"] or cleaned["without_token"]:
            return False
        moves = addresses.origin(cleaned["url"]) != addresses.origin(self.server.url)
        return moves and "url" in self.changed_data


def _name_is_taken() -> str:
    return _("Another server has this name. Choose a different one.")
