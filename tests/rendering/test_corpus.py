"""What the tests and benchmarks with bombs rely on."""

import json

import pytest

from tests.rendering.bombs import ALL, BOMBS, TURN_BOMBS, TURNS, deltas, mixtures, pieces, text_of


@pytest.mark.parametrize("size", [3_000, 20_000])
def test_a_bomb_has_about_the_requested_size(size: int) -> None:
    sizes = {name: len(text_of(name, size)) for name in BOMBS}

    assert {name: found for name, found in sizes.items() if not size / 2 < found < 1.2 * size} == {}


def test_a_mixture_is_not_much_larger_than_requested() -> None:
    sizes = {name: len(text_of(name, 20_000)) for name in mixtures(0, 200)}

    assert {name: found for name, found in sizes.items() if not 8_000 < found < 30_000} == {}


def test_each_bomb_has_a_name_of_its_own_that_fits_into_a_line() -> None:
    names = [bomb.name for bomb in (*ALL, *TURN_BOMBS)]

    assert len(set(names)) == len(names) >= 60
    assert [name for name in names if "\n" in name] == []


def test_a_bomb_is_the_same_each_time() -> None:
    for name in ["open fence", "mixture 3", "10,000 thoughts"]:
        assert list(deltas(name, 3_000, seed=1)) == list(deltas(name, 3_000, seed=1))


def test_the_seed_decides_where_a_text_is_divided() -> None:
    text = text_of("paragraphs", 3_000)

    assert list(pieces(text, 1)) != list(pieces(text, 2))
    assert "".join(pieces(text, 1)) == "".join(pieces(text, 2)) == text
    assert max(map(len, pieces(text, 1))) <= 30


def test_the_demo_calls_tools_and_then_answers() -> None:
    name = "300 calls with long arguments"
    calls = [delta["tool_calls"][0] for delta in deltas(name, 20_000, seed=1)]
    first = "".join(call["function"]["arguments"] for call in calls if call["index"] == 0)

    assert len({call["index"] for call in calls}) == 300
    assert json.loads(first)["expression"].startswith("1+1")
    assert "content" in next(deltas(name, 20_000, seed=1, rounds=1))


def test_an_unknown_bomb_is_refused() -> None:
    with pytest.raises(KeyError):
        text_of("no such bomb", 3_000)


def test_every_bomb_that_is_no_text_can_be_sent() -> None:
    for name in TURNS:
        assert json.dumps(next(deltas(name, 3_000, seed=1)))
