"""What a call can cost at most, and the smallest answer that is worth paying for."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings

from chatapp.inference import CompletionRequest
from chatapp.inference.catalog import find_model
from chatapp.inference.context_window import estimate, estimate_text
from chatapp.inference.payload import MIN_ANSWER_TOKENS, requested_tokens
from chatapp.replies import learning
from chatapp.spending.prices import MILLION, Price, dearest, price_of

# Estimates of tokens are rather too high, but for Latin and the like a tenth too low.
SAFETY = 1.2
SPARE_TOKENS = 200  # the service's own instructions
LEAST_OUTPUT = MIN_ANSWER_TOKENS  # tokens of an answer that is worth asking for


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The most that a request can use. `price` is None if unknown; `assumed` counts then."""

    price: Price | None
    assumed: Price
    expected_input: int
    max_output: int

    @classmethod
    def of(cls, request: CompletionRequest, at: datetime) -> "WorstCase":
        model = find_model(settings.CATALOG, request.model)
        most = requested_tokens(request, model.max_output if model else None)
        price, assumed = prices(request.model, at)
        return cls(price, assumed, estimate(request), most)

    @property
    def max_input(self) -> int:
        return math.ceil(self.expected_input * SAFETY) + SPARE_TOKENS

    @property
    def cost(self) -> int:
        return self.assumed.cost(self.max_input, self.max_output)

    @property
    def least_cost(self) -> int:
        """Return what a short but useful answer costs at most."""
        return self.assumed.cost(self.max_input, min(self.max_output, LEAST_OUTPUT))

    def output_within(self, amount: int) -> int:
        """Return how many tokens the answer may have for no more than this amount."""
        left = amount * MILLION - self.max_input * self.assumed.input
        return min(self.max_output, left // self.assumed.output) if self.assumed.output else 0


def prices(model_id: str, at: datetime) -> tuple[Price | None, Price]:
    """Return the price of a model if it is known, and the one to assume before a call.

    The model that a service has named in the place of another may be dearer than that.
    """
    price = price_of(model_id, at)
    replacement = learning.known(model_id).replacement
    other = price_of(replacement, at) if replacement else price
    if price is None or other is None:
        return price, dearest(at)
    most = Price(max(price.input, other.input), max(price.output, other.output), price.version)
    return price, most


def least_cost(model_id: str, text: str, at: datetime) -> int:
    """Return what the shortest useful answer to a text costs, without what comes before it."""
    return prices(model_id, at)[1].cost(estimate_text(text), LEAST_OUTPUT)


def shortened(request: CompletionRequest, most: int) -> CompletionRequest:
    """Return the request for an answer of at most so many tokens; thinking gets what is left."""
    budget = request.thinking_budget
    if budget is None or most - budget < MIN_ANSWER_TOKENS:
        return replace(request, max_tokens=most, thinking_budget=None)
    return replace(request, max_tokens=most - budget)
