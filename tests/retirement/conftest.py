"""Lists of models with dates around today."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chatapp.inference.listing import ListedModel
from chatapp.retirement import offers

OLD, NEW = "claude-4-5-sonnet", "claude-4-6-sonnet"  # the catalogue spells the second differently

TODAY = datetime.now(UTC).date()
type Know = Callable[..., None]


def retired(model: str = OLD, days: int = -1, replacement: str | None = NEW) -> ListedModel:
    """Return an entry of a model whose last day is so many days away."""
    return ListedModel(model, True, TODAY + timedelta(days=days), replacement)


@pytest.fixture
def know() -> Iterator[Know]:
    """Let the app believe a list until the end of the test."""
    yield lambda *entries: offers.know(entries)
    offers.know([])
