"""The forms in which caps are set: an amount for a day and one for a month."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.my_account.forms import SectionForm
from chatapp.accounts.person_request import PersonRequest
from chatapp.spending.caps import Scope, set_cap
from chatapp.spending.dollars import InvalidAmount, parse
from chatapp.spending.models import Cap
from chatapp.spending.models.model_call import MICRO_DOLLARS
from chatapp.spending.periods import Period


class AmountField(forms.CharField):
    """An amount of dollars; empty for no cap."""

    def __init__(self, **options: Any) -> None:
        attributes = {"inputmode": "decimal", "autocomplete": "off", "placeholder": _("No cap")}
        widget = forms.TextInput(attributes)
        super().__init__(required=False, max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return parse(typed) if typed else None
        except InvalidAmount as error:
            raise forms.ValidationError(str(error)) from error


class CapForm(SectionForm, forms.Form):
    """`caps` are those of the scope so far, by period."""

    day = AmountField(label=_("A day, in dollars"))
    month = AmountField(label=_("A month, in dollars"))

    def __init__(
        self, scope: Scope, caps: Mapping[str, Cap], data: QueryDict | None = None
    ) -> None:
        amounts = {period: typed_amount(cap.amount) for period, cap in caps.items()}
        super().__init__(data, initial=amounts, auto_id=f"{key_of(scope)}-%s")
        self.scope = scope
        self.caps = caps

    def save(self, request: PersonRequest) -> None:
        """Set what has changed. Raises NotAllowed."""
        for period in Period:
            before = self.caps.get(period)
            amount = self.cleaned_data[period.value]
            if amount != (before and before.amount):
                set_cap(self.scope, period, amount, request.user, request)


def key_of(scope: Scope) -> str:
    """Return a name for a scope that is unique on its page."""
    return f"cap-{scope.person.pk if scope.person else scope.role or scope.kind}"


def typed_amount(micro: int) -> str:
    """Return an amount as a person would type it, exactly."""
    whole, rest = divmod(micro, MICRO_DOLLARS)
    return f"{whole}.{f'{rest:06}'.rstrip('0'):0<2}"
