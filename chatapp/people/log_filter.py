"""Which entries of the audit log are shown: by group, person and days, page after page."""

from datetime import date, datetime, time, timedelta
from typing import Self

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person
from chatapp.audit.models import Entry
from chatapp.people.log_groups import GROUPS

PER_PAGE = 50
MAX_DIGITS = 18  # fit into the column
# Others have no midnight in every time zone.
DAYS = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
CHOICES = [("", _("Everything")), *((key, label) for key, (label, _actions) in GROUPS.items())]


class LogFilter(forms.Form):
    """The form above the list, sent by GET. Days are those of the reader's time zone."""

    group = forms.ChoiceField(label=_("What"), choices=CHOICES, required=False)
    person = forms.CharField(
        label=_("Email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    since = forms.DateField(
        label=_("From"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=_("To"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        form = cls(query)
        form.full_clean()
        return form

    @property
    def query(self) -> QueryDict:
        """Return what was chosen, for the links to other pages and to the file."""
        chosen = QueryDict(mutable=True)
        for name in self.fields:
            if value := self.data.get(name):
                chosen[name] = value
        return chosen

    def entries(self) -> QuerySet[Entry]:
        """Return what fits, the newest first. A field that can't be read leaves nothing out."""
        rows = Entry.objects.select_related("actor").order_by("-pk")
        chosen = self.cleaned_data
        if group := chosen.get("group"):
            rows = rows.filter(action__in=GROUPS[group][1])
        if person := chosen.get("person"):
            email = Person.objects.normalize_email(person)
            rows = rows.filter(Q(actor_email=email) | Q(subject=email))
        if since := chosen.get("since"):
            rows = rows.filter(at__gte=_midnight(since))
        if until := chosen.get("until"):
            rows = rows.filter(at__lt=_midnight(until + timedelta(days=1)))
        return rows


def before(rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    """Return the rows behind the entry with this id; all of them for anything else."""
    is_id = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return rows.filter(pk__lt=int(text)) if is_id else rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
