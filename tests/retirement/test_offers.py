"""The models on offer: without those that ended, with others in their place."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from chatapp.inference.catalog import load_catalog
from chatapp.inference.listing import ListedModel
from chatapp.retirement import offers
from tests.retirement.conftest import NEW, OLD, TODAY, Know, retired

SONNET = "claude-sonnet-4-6"  # as the catalogue spells the new one


@pytest.fixture(autouse=True)
def _catalogue(settings: Settings) -> None:
    settings.CATALOG = load_catalog(None, OLD)


def test_everything_is_on_offer_without_a_list() -> None:
    assert list(offers.offered()) == [OLD, SONNET]
    assert offers.find("unheard-of") is None
    assert not offers.has_ended(OLD)


def test_the_default_moves_on_and_is_offered_once(know: Know) -> None:
    know(retired(), ListedModel(NEW))

    assert list(offers.offered()) == [SONNET]
    assert offers.default().id == SONNET
    assert offers.current(OLD).id == offers.current("claude-sonnet-4-5").id == SONNET
    assert offers.has_ended(OLD)
    assert not offers.has_ended(SONNET)
    known = offers.find_known(OLD)
    assert known is not None
    assert known.label == "Claude Sonnet 4.5"  # of replies that it has written


def test_a_replacement_joins_the_offer_when_the_catalogue_lacks_it(know: Know) -> None:
    know(retired(replacement="claude-sonnet-9"), ListedModel("claude-sonnet-9"))

    assert list(offers.offered()) == ["claude-sonnet-9", SONNET]
    assert not offers.default().sampling  # as for any Claude that isn't known
    known = offers.find_known("claude-sonnet-9")
    assert known is not None


def test_without_a_replacement_the_next_model_is_the_default(know: Know) -> None:
    know(retired(replacement=None))

    assert list(offers.offered()) == [SONNET]
    assert offers.current(OLD).id == SONNET


def test_the_last_model_stays_on_offer(settings: Settings, know: Know) -> None:
    settings.CATALOG = {OLD: settings.CATALOG[OLD]}
    know(retired(replacement=None))

    assert list(offers.offered()) == [OLD]
    assert not offers.has_ended(OLD)


def test_an_end_is_announced_30_days_ahead(know: Know) -> None:
    know(retired(days=31), ListedModel(NEW))
    assert offers.ends_soon(OLD) is None
    know(retired(days=30), ListedModel(NEW))
    assert offers.ends_soon("claude-sonnet-4-5") == TODAY + timedelta(days=30)
    following = offers.following(OLD)
    assert following is not None
    assert following.id == SONNET
    know(retired(days=-1), ListedModel(NEW))
    assert offers.ends_soon(OLD) is None
