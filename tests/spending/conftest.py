"""A model service whose calls cost money."""

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.spending import caps
from chatapp.spending.caps import Scope
from chatapp.spending.models import Budget, ModelCall
from chatapp.spending.periods import Period

DOLLAR = 1_000_000  # micro-dollars
IN, OUT = 3, 15  # micro-dollars for a token of Claude Sonnet


@pytest.fixture(autouse=True)
def _no_known_caps() -> None:
    caps.forget()


def set_own(person: Person, amount: int, period: Period = Period.DAY) -> None:
    caps.set_cap(Scope.own(person), period, amount, person)
    caps.refresh()


def calls_of(exchange: Exchange) -> list[ModelCall]:
    return list(ModelCall.objects.filter(reply_id=exchange.reply.pk).order_by("begun_at"))


def used() -> dict[str, int]:
    """Return what the budgets hold, by whose they are and the period."""
    return {budget.key.rpartition(":")[0]: budget.used for budget in Budget.objects.all()}
