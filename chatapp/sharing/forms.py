"""The form for what a share shows, until when, and to whom."""

from datetime import datetime, timedelta

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatapp.sharing import passwords
from chatapp.sharing.models import MAX_NAME_LENGTH, Share
from chatapp.sharing.publishing import Choices

MIN_PASSWORD_LENGTH = 6  # characters
DAYS = ("1", "7", "30")
NEVER, KEEP = "", "keep"


class ShareForm(forms.Form):
    ends = forms.ChoiceField(
        label=gettext_lazy("The link works"),
        required=False,
        choices=[
            (NEVER, gettext_lazy("Until I stop sharing")),
            ("1", gettext_lazy("For 1 day")),
            ("7", gettext_lazy("For 7 days")),
            ("30", gettext_lazy("For 30 days")),
        ],
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        min_length=MIN_PASSWORD_LENGTH,
        max_length=passwords.MAX_LENGTH,
        strip=False,
        # In plain sight: it is for other people, who get it from this person.
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    without_password = forms.BooleanField(label=gettext_lazy("Remove the password"), required=False)
    author_name = forms.CharField(
        label=gettext_lazy("Your name on the page"),
        required=False,
        max_length=MAX_NAME_LENGTH,
        help_text=gettext_lazy("Leave it empty to stay unnamed. Your email is never shown."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    with_images = forms.BooleanField(label=gettext_lazy("Images"), required=False)
    with_thinking = forms.BooleanField(label=gettext_lazy("Thinking"), required=False)
    with_tool_calls = forms.BooleanField(label=gettext_lazy("Tool calls"), required=False)

    def __init__(self, share: Share | None, data: QueryDict | None = None) -> None:
        self.share = share or Share()
        names = ("author_name", "with_images", "with_thinking", "with_tool_calls")
        initial = {name: getattr(self.share, name) for name in names}
        initial["ends"] = KEEP if self.share.ends_at else NEVER
        super().__init__(data, initial=initial, auto_id="share-%s")
        if self.share.ends_at:
            ends = self.fields["ends"]
            ends.choices = [(KEEP, self._keep_label(self.share.ends_at)), *ends.choices]  # type: ignore[attr-defined]
        self.fields["password"].help_text = self._password_help()

    @property
    def has_password(self) -> bool:
        return bool(self.share.password)

    @property
    def contents(self) -> list[forms.BoundField]:
        """Return the fields for what is shown besides the text."""
        return [self[name] for name in ("with_images", "with_thinking", "with_tool_calls")]

    @property
    def choices(self) -> Choices:
        """Return what a valid form chooses."""
        cleaned = self.cleaned_data
        return Choices(
            ends_at=self._ends_at(cleaned["ends"]),
            password="" if cleaned["without_password"] else cleaned["password"] or None,
            with_images=cleaned["with_images"],
            with_thinking=cleaned["with_thinking"],
            with_tool_calls=cleaned["with_tool_calls"],
            author_name=" ".join(cleaned["author_name"].split()),
        )

    @property
    def sentence(self) -> str:
        """Return every error, for a script."""
        return " ".join(str(each) for errors in self.errors.values() for each in errors)

    def _ends_at(self, ends: str) -> datetime | None:
        if ends == KEEP:
            return self.share.ends_at
        return timezone.now() + timedelta(days=int(ends)) if ends in DAYS else None

    def _keep_label(self, ends_at: datetime) -> str:
        moment = date_format(timezone.localtime(ends_at), "DATETIME_FORMAT")
        template = _("It ended on %(moment)s") if self.share.has_ended else _("Until %(moment)s")
        return template % {"moment": moment}

    def _password_help(self) -> str:
        if self.has_password:
            return _("A password is set. Leave this empty to keep it.")
        return _("Optional. Readers enter it to see the chat.")
