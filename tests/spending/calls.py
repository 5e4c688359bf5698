"""Calls in the ledger, as tests of the usage pages need them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.spending.models import ModelCall
from chatapp.spending.models.model_call import Purpose

MODEL = "claude-sonnet-4-6"


def call(person: Person | None, cost: int | None, **values: Any) -> ModelCall:
    """Return a call that ended, not stored yet; one without a cost has no price."""
    begun_at: datetime = values.pop("begun_at", None) or timezone.now()
    prices = {} if cost is None else {"input_price": 3_000_000, "output_price": 15_000_000}
    given = {
        "purpose": Purpose.REPLY,
        "model": MODEL,
        "model_asked": values.get("model", MODEL),
        "input_tokens": 100,
        "output_tokens": 10,
        "state": ModelCall.State.ENDED,
        "ended_at": begun_at + timedelta(seconds=3),
        "made_by": "test",
    }
    return ModelCall(person=person, cost=cost, begun_at=begun_at, **given | prices | values)


def store(*calls: ModelCall) -> None:
    ModelCall.objects.bulk_create(calls)
