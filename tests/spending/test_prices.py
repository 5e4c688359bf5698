"""What a model costs, when, and who says so."""

from datetime import UTC, date, datetime

import pytest
from pytest_django import Settings

from chatapp.inference import Service, load_catalog
from chatapp.replies import accounting
from chatapp.spending import prices
from chatapp.spending.prices import Listed, Price, dearest, price_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)
SONNET = Price(3_000_000, 15_000_000, "2026-02-17")


@pytest.mark.parametrize(
    ("model", "dollars"),
    [
        ("claude-sonnet-4-6", (3, 15)),
        ("claude-4-6-sonnet", (3, 15)),
        ("claude-4-5-sonnet", (3, 15)),
        ("claude-4-sonnet", (3, 15)),
        ("claude-sonnet-4-5-20250929", (3, 15)),
        ("claude-4-5-haiku", (1, 5)),
        ("claude-opus-4-5", (5, 25)),
        ("claude-opus-4-8", (5, 25)),
        ("anthropic/claude-opus-4.6", (5, 25)),
    ],
)
def test_every_spelling_of_a_known_model_has_its_price(
    model: str, dollars: tuple[int, int]
) -> None:
    price = price_of(model, NOW)

    assert price
    assert (price.input, price.output) == tuple(each * 1_000_000 for each in dollars)


@pytest.mark.parametrize("model", ["nova-lite", "claude-sonnet-9", "gpt-oss-120b", ""])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price_of(model, NOW) is None


def test_a_price_holds_from_its_first_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (
        Listed("claude-sonnet-4-6", date(2026, 2, 17), 3, 15),
        Listed("claude-sonnet-4-6", date(2027, 1, 1), 2, 10),
    )
    monkeypatch.setattr(prices, "LIST", (new, old))

    last, first = datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

    assert price_of("claude-sonnet-4-6", last) == SONNET
    assert price_of("claude-sonnet-4-6", first) == Price(2_000_000, 10_000_000, "2027-01-01")


def test_chat_models_sets_other_prices(settings: Settings) -> None:
    settings.CATALOG = load_catalog(
        '[{"id": "claude-sonnet-4-6", "price_in": 0.25, "price_out": 1.5}, {"id": "own"}]'
    )

    assert price_of("claude-4-6-sonnet", NOW) == Price(250_000, 1_500_000, "config")
    assert price_of("own", NOW) is None


def test_chat_models_can_say_that_a_price_is_unknown(settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "claude-sonnet-4-6", "price_in": null}]')

    assert price_of("claude-sonnet-4-6", NOW) is None


def test_a_model_of_chat_models_without_prices_has_those_of_the_list(settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "claude-sonnet-4-6", "max_output": 4000}]')

    assert price_of("claude-sonnet-4-6", NOW) == SONNET


def test_an_absurd_price_still_fits_into_the_ledger(settings: Settings) -> None:
    settings.CATALOG = load_catalog('[{"id": "own", "price_in": 1e300, "price_out": 1}]')

    price = price_of("own", NOW)

    assert price
    assert price.cost(1_000_000_000, 1_000_000_000) < 2**63


def test_the_demo_is_free_unless_chat_models_says_otherwise(settings: Settings) -> None:
    settings.SERVICE = Service("demo", "http://127.0.0.1:1")

    assert price_of("claude-sonnet-4-6", NOW) == Price(0, 0, "demo")

    settings.CATALOG = load_catalog('[{"id": "claude-sonnet-4-6", "price_in": 1, "price_out": 2}]')
    assert price_of("claude-sonnet-4-6", NOW) == Price(1_000_000, 2_000_000, "config")


def test_the_dearest_price_is_that_of_the_list_or_of_chat_models(settings: Settings) -> None:
    assert (dearest(NOW).input, dearest(NOW).output) == (5_000_000, 25_000_000)

    settings.CATALOG = load_catalog('[{"id": "own", "price_in": 1, "price_out": 90}]')
    assert (dearest(NOW).input, dearest(NOW).output) == (5_000_000, 90_000_000)


@pytest.mark.parametrize(
    ("tokens", "cost"), [((0, 0), 0), ((1, 0), 3), ((1_000_000, 1_000_000), 18_000_000)]
)
def test_a_cost_is_in_micro_dollars(tokens: tuple[int, int], cost: int) -> None:
    assert SONNET.cost(*tokens) == cost


def test_a_fraction_of_a_micro_dollar_is_rounded_up() -> None:
    assert Price(250_000, 0, "").cost(1, 0) == 1
    assert Price(250_000, 0, "").cost(5, 0) == 2


@pytest.mark.parametrize(
    ("model", "dollars"), [("claude-4-5-haiku", 1.0), ("nova-lite", None), ("mine", 0.25)]
)
def test_the_composer_asks_what_reading_costs(
    settings: Settings, model: str, dollars: float | None
) -> None:
    settings.SERVICE = Service("compatible")
    settings.CATALOG = load_catalog('[{"id": "mine", "price_in": 0.25, "price_out": 1}]')

    assert accounting.ledger().input_price(model) == dollars
