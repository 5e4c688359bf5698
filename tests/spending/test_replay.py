"""A recording of many calls is played again: the ledger has what the provider would bill.

The recording is made from a seed: replies with rounds of tools, interruptions, refusals, retries
and calls without a report, by several people with several models. Everything goes through the code
that makes replies; only the bytes of the service are missing.
"""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Sum

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, add_exchange
from chatapp.inference import Adapted, Finished, TextDelta, Usage, load_catalog
from chatapp.inference.errors import Interrupted, RateLimited, ServiceUnavailable
from chatapp.spending.models import ModelCall
from tests.support.replies import answering, ended, made, new_message
from tests.support.tool_kit import Kit, call

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("no_service", "kit"),
    pytest.mark.timeout(1_800),
]

# Micro-dollars for a token in and out, as a bill would have them; None for no price.
PRICES = {
    "claude-sonnet-4-6": (3, 15),
    "claude-4-5-sonnet": (3, 15),
    "claude-4-5-haiku": (1, 5),
    "claude-opus-4-5": (5, 25),
}
SPELLINGS = {"claude-sonnet-4-6": ("claude-sonnet-4-6", "claude-4-6-sonnet")}


class Provider:
    """The service: plays a reply of several turns, and keeps its own bill."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.calls = 0
        self.billed: Counter[str] = Counter()  # micro-dollars by model, tokens in and out
        self.turns = 0

    def answer(self, request: Any) -> list[Any]:
        """Return the deltas of one call of a reply, or of a title."""
        self.calls += 1
        kind = self.chance.random()
        if kind < 0.06:
            self.calls -= 1  # the same call is made again
            refused = RateLimited()
            refused.retry_after = 0.01
            return [refused]
        if kind < 0.10 and request.tools:
            self.turns = 0
            return [TextDelta("Half of it, "), *self._usage(request), Interrupted()]
        if kind < 0.12:
            return [ServiceUnavailable()]
        start: list[Any] = [Adapted("sampling_off")] if kind < 0.2 else []
        if request.tools and request.may_call and self.turns:
            self.turns -= 1
            looked = call("look", str(self.calls), self.calls)
            return [*start, *looked, *self._usage(request), Finished("tool_calls")]
        return [*start, TextDelta("An answer."), *self._usage(request), Finished("stop")]

    def _usage(self, request: Any) -> Iterator[Usage]:
        tokens_in, tokens_out = self.chance.randrange(1, 190_000), self.chance.randrange(1, 8_000)
        model = request.model
        sent_as = self.chance.choice(SPELLINGS.get(model, (model,)))
        cached, thought = self.chance.randrange(tokens_in), self.chance.randrange(tokens_out)
        yield Usage(tokens_in // 2, 0)  # so far
        yield Usage(tokens_in, tokens_out, cached, thought, sent_as)
        price_in, price_out = PRICES[model]
        self.billed["micro-dollars"] += tokens_in * price_in + tokens_out * price_out
        self.billed["in"] += tokens_in
        self.billed["out"] += tokens_out
        self.billed["cached"] += cached
        self.billed["thinking"] += thought


async def play(seed: int, calls: int, people: list[Person]) -> Provider:
    provider = Provider(seed)
    with answering(provider.answer):
        while provider.calls < calls:
            person = provider.chance.choice(people)
            model = provider.chance.choice(list(PRICES))
            provider.turns = provider.chance.choice((0, 0, 1, 3))
            exchange: Exchange = await background.in_thread(
                add_exchange, person, new_message("Hello", model=model)
            )
            await made(exchange)
            await ended([f"title:{exchange.conversation.pk}"])
    return provider


def check(provider: Provider) -> None:
    rows = ModelCall.objects.all()
    sums = rows.aggregate(
        **{"micro-dollars": Sum("cost"), "in": Sum("input_tokens"), "out": Sum("output_tokens")},
        cached=Sum("cached_tokens"),
        thinking=Sum("thinking_tokens"),
    )
    assert sums == provider.billed
    assert rows.count() == provider.calls
    assert not rows.exclude(state="ended").exists()
    assert not rows.filter(is_estimated=True).exists()
    assert {row.model for row in rows} <= {
        "claude-sonnet-4-6",
        "claude-sonnet-4-5",
        "claude-haiku-4-5",
        "claude-opus-4-5",
    }
    of_replies = rows.filter(purpose__in=["reply", "tool_round"]).values("reply_id")
    counted = {
        row["reply_id"]: (row["tokens_in"] or None, row["tokens_out"] or None)
        for row in of_replies.annotate(
            tokens_in=Sum("input_tokens"), tokens_out=Sum("output_tokens")
        )
    }
    for reply in Message.objects.filter(role="assistant"):
        assert counted[reply.pk] == (reply.prompt_tokens, reply.completion_tokens)


@pytest.mark.parametrize(
    ("seed", "calls"), [(1, 60), pytest.param(2, 10_000, marks=pytest.mark.long)]
)
async def test_the_ledger_is_the_providers_bill(
    owner: Person, member: Person, kit: Kit, seed: int, calls: int, settings: Any
) -> None:
    settings.CATALOG = load_catalog("[" + ",".join(f'{{"id": "{one}"}}' for one in PRICES) + "]")
    provider = await play(seed, calls, [owner, member])

    await background.in_thread(check, provider)
