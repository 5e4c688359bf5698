"""When a figure misses its reach. The figures themselves are never a timed test."""

from types import SimpleNamespace

import pytest

from tests.bench import model
from tests.bench.__main__ import chosen, row_modules
from tests.bench.figures import Figure, quantile
from tests.bench.report import markdown, table_line


def figure(**values: float | str | None) -> Figure:
    return Figure(**{"name": "delay", "unit": "ms", "ours": 8, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(("ours", "holds"), [(25, True), (25.1, False)])
def test_without_a_floor_the_reach_is_absolute(ours: float, holds: bool) -> None:
    assert figure(ours=ours, reach=25).holds is holds


@pytest.mark.parametrize(("ours", "holds"), [(16, True), (16.1, False)])
def test_on_a_machine_half_as_fast_twice_the_time_is_allowed(ours: float, holds: bool) -> None:
    slow = figure(ours=ours, reach=8, floor=4, stated_floor=2)

    assert slow.limit == 16
    assert slow.holds is holds


def test_on_a_faster_machine_the_absolute_reach_is_not_enough() -> None:
    assert not figure(ours=8, reach=8, floor=1, stated_floor=2).holds


@pytest.mark.parametrize(("ours", "holds"), [(12, True), (12.1, False)])
def test_a_machine_found_slower_by_something_else_is_allowed_more(ours: float, holds: bool) -> None:
    slow = figure(ours=ours, reach=8, floor=1, slowness=1.5)

    assert slow.holds is holds
    assert "| 8 ms × 1.50 | 12.0 ms |" in table_line(slow)


def test_a_figure_without_reach_is_only_reported() -> None:
    assert figure(ours=1e9).holds


def test_a_stated_floor_without_a_measured_one_is_refused() -> None:
    with pytest.raises(ValueError, match="same run"):
        figure(reach=8, stated_floor=2)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1, 100), (0, 1)])
def test_quantiles_are_samples(share: float, value: float) -> None:
    assert quantile(range(100, 0, -1), share) == value


def test_every_row_measures_and_describes_how() -> None:
    for name, module in row_modules().items():
        assert callable(module.measure), name
        assert module.__doc__, name


def test_an_unknown_row_is_refused_with_the_names_of_all_rows() -> None:
    with pytest.raises(SystemExit, match="delay"):
        chosen("no_such_row")


def test_the_report_shows_a_miss_with_its_limit() -> None:
    missed = figure(reach=3, samples=(7, 8, 9), statistic="median of 3")
    row = SimpleNamespace(__doc__="Delay of a token.\n\nIn the DOM.")

    text = markdown({"delay": (row, [missed])}, {"Commit": "abc"})

    assert "| delay | 8 ms | – | – | 3 ms | 3 ms | **missed** |" in text
    assert "7, 8, 9" in text
    assert "abc" in text


def test_a_question_to_the_model_is_read_from_the_last_message() -> None:
    plan = model.plan({"messages": [{"role": "user", "content": model.prompt("7", 20, 50)}]})

    assert plan == model.Plan("7", 20, 50)
    assert model.plan({"messages": [{"role": "user", "content": "Hello"}]}) is None


def test_tokens_are_numbered_and_closed_as_markdown() -> None:
    text = "".join(model.token("7", index) for index in range(240))

    assert "w7x0 " in text
    assert "w7x239 " in text
    assert text.count("```") == 4
