"""What models cost: a dated list, and what CHAT_MODELS says instead.

Prices are in micro-dollars for a million tokens, which is the same number as dollars for 10^12.
Cached tokens are billed as input, and thinking as output, so a call has two prices.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings

from chatapp.inference.catalog import Model, find_model, known_or_guessed
from chatapp.inference.model_names import canonical
from chatapp.spending.models.model_call import MICRO_DOLLARS

MILLION = 1_000_000  # tokens
MAX_PRICE = 1_000_000 * MICRO_DOLLARS  # for a million tokens; no larger one fits into the ledger
DATE_TAIL = re.compile(r"-\d{8}$")  # of an id that names a release of a model
CONFIG, DEMO = "config", "demo"  # versions of prices that are in no list


@dataclass(frozen=True, slots=True)
class Price:
    """`version` is the day on which a price of the list began, or says where else it is from."""

    input: int
    output: int
    version: str

    def cost(self, input_tokens: int, output_tokens: int) -> int:
        """Return micro-dollars, rounded up for each call."""
        return -(-(input_tokens * self.input + output_tokens * self.output) // MILLION)


@dataclass(frozen=True, slots=True)
class Listed:
    """A price from its first day on, until a later one of the same model begins."""

    model: str  # its canonical spelling
    begins: date
    input_dollars: int  # for a million tokens
    output_dollars: int

    @property
    def price(self) -> Price:
        return Price(
            self.input_dollars * MICRO_DOLLARS,
            self.output_dollars * MICRO_DOLLARS,
            self.begins.isoformat(),
        )


# Anthropic's list prices, which Heroku passes on without a mark-up.
LIST = (
    Listed("claude-sonnet-4", date(2025, 5, 22), 3, 15),
    Listed("claude-sonnet-4-5", date(2025, 9, 29), 3, 15),
    Listed("claude-sonnet-4-6", date(2026, 2, 17), 3, 15),
    Listed("claude-haiku-4-5", date(2025, 10, 15), 1, 5),
    Listed("claude-opus-4-5", date(2025, 11, 24), 5, 25),
    Listed("claude-opus-4-6", date(2026, 2, 5), 5, 25),
    Listed("claude-opus-4-7", date(2026, 4, 16), 5, 25),
    Listed("claude-opus-4-8", date(2026, 5, 28), 5, 25),
    Listed("claude-opus-5", date(2026, 7, 1), 5, 25),
)


def price_of(model_id: str, at: datetime) -> Price | None:
    """Return the price of a model in any spelling at an instant, None if it is unknown."""
    configured = _configured(model_id)
    if configured is not None:
        return _from_config(configured)
    if settings.SERVICE.kind == "demo":
        return Price(0, 0, DEMO)
    name = DATE_TAIL.sub("", canonical(model_id))
    begun = [one for one in LIST if one.model == name and one.begins <= at.date()]
    return max(begun, key=lambda one: one.begins).price if begun else None


def dearest(at: datetime) -> Price:
    """Return a price that no known model exceeds, for models whose price is unknown."""
    listed = [one.price for one in LIST if one.begins <= at.date()] or [LIST[0].price]
    known = [*listed, *_catalogue_prices()]
    return Price(max(one.input for one in known), max(one.output for one in known), "")


def _configured(model_id: str) -> Model | None:
    """Return the model of the catalogue if CHAT_MODELS gives it other prices than are known."""
    model = find_model(settings.CATALOG, model_id)
    if model is None:
        return None
    known = known_or_guessed(model.id)
    is_same = (model.price_in, model.price_out) == (known.price_in, known.price_out)
    return None if is_same else model


def _catalogue_prices() -> Iterable[Price]:
    configured = (_configured(model_id) for model_id in settings.CATALOG)
    return filter(None, (_from_config(model) for model in configured if model))


def _from_config(model: Model) -> Price | None:
    if model.price_in is None or model.price_out is None:
        return None
    return Price(_micro(model.price_in), _micro(model.price_out), CONFIG)


def _micro(dollars: float) -> int:
    return min(round(dollars * MICRO_DOLLARS), MAX_PRICE)
