"""The limits on what other people may notice of a bomb, and how a bomb is requested."""

import pytest

from tests.bench import model
from tests.bench.impact import Impact
from tests.servers.completions import TITLE

CALM = Impact(bomb="none", size=0, seed=0, delays=[10.0], requests=[30.0])


def impact(**values: object) -> Impact:
    harmless = {"delays": [20.0], "requests": [40.0], "end": "complete", "state": 200}
    return Impact(**{"bomb": "open fence", "size": 3, "seed": 1, **harmless, **values})  # type: ignore[arg-type]


def test_a_harmless_bomb_misses_nothing() -> None:
    assert impact().misses(CALM) == []
    assert impact(end="waiting").misses(CALM) == []


@pytest.mark.parametrize(
    ("values", "miss"),
    [
        ({"delays": [151.0]}, "tokens came 151 ms late"),
        ({"requests": [301.0, 20.0]}, "a page took 301 ms"),
        ({"before_mb": 90.0, "peak_mb": 191.0}, "memory grew by 101 MB"),
        ({"end": "failed"}, "the reply is failed"),
        ({"state": 500}, "its state answers 500"),
        ({"failures": ["/ answers 500"]}, "/ answers 500"),
        ({"delays": []}, "tokens came inf ms late"),
    ],
)
def test_each_exceeded_limit_is_reported(values: dict[str, object], miss: str) -> None:
    assert impact(**values).misses(CALM) == [miss]


def test_a_machine_that_is_slow_without_a_bomb_may_be_slow_with_one() -> None:
    slow = Impact(bomb="none", size=0, seed=0, delays=[100.0], requests=[200.0])

    assert impact(delays=[299.0], requests=[599.0]).misses(slow) == []
    assert len(impact(delays=[301.0], requests=[601.0]).misses(slow)) == 2


def test_a_bomb_is_read_from_the_last_message_of_a_person() -> None:
    asked = {"role": "user", "content": model.bomb_prompt("open fence", 3_000, 7)}
    called = {"role": "assistant", "content": "(tool call)", "tool_calls": []}

    assert model.bomb_plan({"messages": [asked]}) == model.BombPlan("open fence", 3_000, 7)
    again = model.bomb_plan({"messages": [asked, called, {"role": "tool", "content": "{}"}]})
    assert again == model.BombPlan("open fence", 3_000, 7, rounds=1)
    slow = {"role": "user", "content": model.bomb_prompt("open fence", 3_000, 7, rate=50)}
    assert model.bomb_plan({"messages": [slow]}) == model.BombPlan("open fence", 3_000, 7, rate=50)


def test_a_title_request_for_a_bomb_is_not_a_bomb() -> None:
    title = {"role": "system", "content": f"{TITLE} for this."}
    asked = {"role": "user", "content": model.bomb_prompt("open fence", 3_000, 7)}

    assert model.bomb_plan({"messages": [title, asked]}) is None
    assert model.bomb_plan({"messages": [{"role": "user", "content": "Hello"}]}) is None
