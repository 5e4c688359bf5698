"""Under which model a call is counted, and at which price."""

import pytest

from chatapp.conversations.models import Exchange
from chatapp.inference import Adapted, TextDelta, Usage
from chatapp.inference.knowledge import Learned
from chatapp.replies import learning
from tests.spending.test_ledger import END, check_sums
from tests.support.replies import answering, made

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]


async def test_the_model_that_answered_is_counted(running: Exchange) -> None:
    usage = Usage(100, 10, model="claude-4-5-haiku")
    with answering(Adapted("model_replaced", detail="Haiku"), TextDelta("Hi."), usage, END):
        await made(running)

    (row,) = await check_sums(running)
    assert (row.model_asked, row.model_answered) == ("claude-sonnet-4-6", "claude-4-5-haiku")
    assert (row.model, row.cost) == ("claude-haiku-4-5", 100 * 1 + 10 * 5)


async def test_a_replacement_counts_where_nothing_is_reported(
    running: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "known", lambda _model: Learned(replacement="claude-opus-4-5"))
    with answering(Adapted("model_replaced", detail="Opus"), TextDelta("Hi."), END):
        await made(running)

    (row,) = await check_sums(running)
    assert row.model == "claude-opus-4-5"


async def test_both_spellings_are_one_model(running: Exchange) -> None:
    with answering(TextDelta("Hi."), Usage(1, 1, model="claude-4-6-sonnet"), END):
        await made(running)

    (row,) = await check_sums(running)
    assert (row.model_answered, row.model) == ("claude-4-6-sonnet", "claude-sonnet-4-6")


async def test_a_model_without_a_price_counts_tokens_only(running: Exchange) -> None:
    with answering(TextDelta("Hi."), Usage(100, 10, model="nova-lite"), END):
        await made(running)

    (row,) = await check_sums(running)
    assert (row.input_tokens, row.cost, row.price_version) == (100, None, "")
    assert row.reserved == 100 * 5 + 10 * 25  # for caps, as if it were the dearest
