"""When models end: only where the service's list makes sense."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chatapp.inference.listing import ListedModel
from chatapp.retirement.endings import end_date, has_ended, merged, successor
from tests.retirement.conftest import NEW, OLD, TODAY, retired

ACTIVE = ListedModel(NEW)


def test_a_model_ends_after_its_last_day() -> None:
    assert not has_ended([retired(days=0)], OLD, TODAY)
    assert has_ended([retired(days=-1)], OLD, TODAY)
    assert has_ended([retired(days=-1)], "claude-sonnet-4-5", TODAY)


@pytest.mark.parametrize(
    "entry",
    [
        replace(retired(), ends_on=None),
        replace(retired(), ends_on=date(1970, 1, 1)),
        replace(retired(), ends_on=date(9999, 12, 31)),
        replace(retired(), deprecated_on=TODAY + timedelta(days=9)),
        replace(retired(), is_deprecated=False),  # active after its end
        ListedModel("another-model", True, TODAY - timedelta(days=1)),
    ],
)
def test_nonsense_takes_no_model_away(entry: ListedModel) -> None:
    assert end_date([entry], OLD, TODAY) is None


def test_an_announced_end_needs_no_deprecation() -> None:
    entry = replace(retired(days=20), is_deprecated=False)

    assert end_date([entry], OLD, TODAY) == TODAY + timedelta(days=20)


def test_a_replacement_that_ended_has_a_replacement() -> None:
    listed = [retired("a", replacement="b"), retired("b", replacement="c"), ListedModel("c")]

    assert successor(listed, "a", TODAY) == "c"


@pytest.mark.parametrize(
    "listed",
    [
        [retired("a", replacement="a")],
        [retired("a", replacement="b"), retired("b", replacement="a")],
        [retired("a", replacement="missing")],
        [retired("a", replacement=None)],
        [retired("a", replacement="e"), ListedModel("e", writes_text=False)],
        [],
    ],
)
def test_without_a_usable_replacement_there_is_none(listed: list[ListedModel]) -> None:
    assert successor(listed, "a", TODAY) is None


def test_a_model_that_left_the_list_stays_ended() -> None:
    kept = merged([replace(retired(), is_deprecated=False), ListedModel("never-dated")], [ACTIVE])

    assert kept == [ACTIVE, retired()]
    assert has_ended(kept, OLD, TODAY)


def test_a_model_whose_end_was_postponed_is_back() -> None:
    assert not has_ended(merged([retired()], [retired(days=60)]), OLD, TODAY)
