"""A model service whose calls cost money."""

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.spending import caps, reservations
from chatapp.spending.caps import Scope
from chatapp.spending.models import ModelCall
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


def used(person: Person | None) -> dict[str, int]:
    """Return what is used of all caps of a person, by whose they are and the period."""
    found = reservations.used_of(caps.limits_of(person, timezone.now()))
    return {key.rpartition(":")[0]: amount for key, amount in found.items()}
