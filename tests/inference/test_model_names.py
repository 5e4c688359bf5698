"""Two spellings of one model, and which Claude models take budgets."""

from __future__ import annotations

import pytest

from chatapp.inference.catalog import find_model, known_or_guessed, load_catalog
from chatapp.inference.model_names import is_same_model, other_spelling, takes_budgets

PAIRS = [
    ("claude-sonnet-4-6", "claude-4-6-sonnet"),
    ("claude-haiku-4-5", "claude-4-5-haiku"),
    ("claude-sonnet-4", "claude-4-sonnet"),
    ("claude-opus-4-5-20251101", "claude-4-5-opus-20251101"),
    ("anthropic/claude-sonnet-4.6", "anthropic/claude-4.6-sonnet"),
    ("us.anthropic.claude-sonnet-4-6-v1:0", "us.anthropic.claude-4-6-sonnet-v1:0"),
    ("claude-fable-5-2", "claude-5-2-fable"),
    ("claude-3-7-sonnet-latest", "claude-sonnet-3-7-latest"),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_family_and_version_are_swapped(one: str, other: str) -> None:
    assert other_spelling(one) == other
    assert other_spelling(other) == one
    assert is_same_model(one, other)


@pytest.mark.parametrize("name", ["gpt-oss-120b", "claude", "claude-instant", "nova-2-lite", ""])
def test_names_of_other_forms_have_one_spelling(name: str) -> None:
    assert other_spelling(name) is None
    assert is_same_model(name, name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("claude-sonnet-4-6", "claude-4-5-sonnet"),
        ("claude-sonnet-4-6", "claude-4-6-opus"),
        ("claude-opus-4-5", "claude-opus-4-5-20251101"),
        ("llama-3", "llama-3.1"),
    ],
)
def test_different_models_stay_different(one: str, other: str) -> None:
    assert not is_same_model(one, other)


def test_providers_and_points_change_nothing() -> None:
    assert is_same_model("anthropic/claude-sonnet-4.6", "claude-4-6-sonnet")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("claude-3-haiku", True),
        ("claude-opus-4-6", True),
        ("claude-opus-4-20250514", True),
        ("claude-opus-4-7", False),
        ("claude-5-sonnet", False),
        ("claude-fable-5-2", False),
        ("claude-next", False),
        ("anthropic/claude-opus-5.5", False),
        ("llama", True),
    ],
)
def test_unknown_versions_of_claude_start_without_sampling_and_budgets(
    name: str, expected: bool
) -> None:
    assert takes_budgets(name) is expected
    model = known_or_guessed(name)
    assert (model.sampling, model.thinking_form == "budget") == (expected, expected)


def test_a_known_model_is_known_in_either_spelling() -> None:
    [model] = load_catalog('[{"id": "claude-4-6-sonnet"}]').values()
    assert (model.id, model.label, model.price_out) == (
        "claude-4-6-sonnet",
        "Claude Sonnet 4.6",
        15.0,
    )


def test_a_default_in_the_other_spelling_replaces_the_model_of_the_list() -> None:
    catalog = load_catalog(None, "claude-4-6-sonnet")
    assert list(catalog) == ["claude-4-6-sonnet", "claude-4-5-sonnet"]
    assert catalog["claude-4-6-sonnet"].label == "Claude Sonnet 4.6"


def test_a_model_is_found_in_either_spelling() -> None:
    catalog = load_catalog()
    model = find_model(catalog, "claude-4-6-sonnet")
    assert model is catalog["claude-sonnet-4-6"]
    assert find_model(catalog, "claude-4-6-opus") is None
