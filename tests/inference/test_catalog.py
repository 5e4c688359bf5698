"""The list of models: built in, from configuration, and refused."""

from __future__ import annotations

import json
import re
from dataclasses import fields

import pytest

from chatapp.inference.catalog import Model, load_catalog
from tests.texts import TEXTS, is_valid


@pytest.mark.parametrize("unset", [None, "", "  "])
def test_the_two_sonnets_are_built_in(unset: str | None) -> None:
    catalog = load_catalog(unset)
    assert list(catalog) == ["claude-sonnet-4-6", "claude-4-5-sonnet"]
    assert [model.label for model in catalog.values()] == ["Claude Sonnet 4.6", "Claude Sonnet 4.5"]


@pytest.mark.parametrize("model_id", ["claude-sonnet-4-6", "claude-4-5-sonnet"])
def test_a_sonnet_has_the_documented_figures(model_id: str) -> None:
    model = load_catalog()[model_id]
    assert model.vision
    assert model.thinking
    assert (model.context_window, model.max_output) == (200_000, 8_192)
    assert (model.price_in, model.price_out, model.cache_minimum) == (3, 15, 1_024)
    assert (model.requests_per_minute, model.tokens_per_minute) == (150, 800_000)
    assert model.token_field == "max_tokens"


@pytest.mark.parametrize(
    ("json_text", "default_id"),
    [(None, "claude-4-5-haiku"), ('[{"id": "claude-4-5-haiku"}]', "")],
)
def test_haiku_is_known_by_its_id(json_text: str | None, default_id: str) -> None:
    model = load_catalog(json_text, default_id)["claude-4-5-haiku"]
    assert model.label == "Claude Haiku 4.5"
    assert (model.price_in, model.price_out, model.cache_minimum) == (1, 5, 4_096)
    assert (model.requests_per_minute, model.tokens_per_minute) == (200, 800_000)


def test_an_unknown_model_has_no_invented_figures() -> None:
    model = load_catalog('[{"id": "llama"}]')["llama"]
    assert model == Model("llama", "llama")
    assert (model.price_in, model.price_out, model.cache_minimum) == (None, None, None)
    assert (model.requests_per_minute, model.tokens_per_minute) == (None, None)


def test_an_unknown_claude_sees_and_thinks() -> None:
    model = load_catalog(None, "claude-opus-9")["claude-opus-9"]
    assert (model.label, model.vision, model.thinking) == ("claude-opus-9", True, True)


def test_a_list_replaces_them_and_keeps_its_order() -> None:
    catalog = load_catalog('[{"id": "llama"}, {"id": "claude-4-5-sonnet", "max_output": 4096}]')
    assert list(catalog) == ["llama", "claude-4-5-sonnet"]
    assert catalog["claude-4-5-sonnet"].max_output == 4_096
    assert catalog["claude-4-5-sonnet"].label == "Claude Sonnet 4.5"


EVERY_FIELD = {
    "id": "x",
    "label": "X",
    "vision": True,
    "thinking": True,
    "tools": False,
    "context_window": 1_000_000,
    "max_output": 64_000,
    "price_in": 0,
    "price_out": 0.25,
    "cache_minimum": 1,
    "requests_per_minute": 2,
    "tokens_per_minute": 3,
    "token_field": "max_completion_tokens",
    "sampling": False,
    "thinking_form": "effort",
}


def test_every_field_can_be_set() -> None:
    assert EVERY_FIELD.keys() == {field.name for field in fields(Model)}
    assert load_catalog(json.dumps([EVERY_FIELD])) == {"x": Model(**EVERY_FIELD)}


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_the_limit_of_a_reply_goes_by_either_name(name: str) -> None:
    assert load_catalog(json.dumps([{"id": "a", "token_field": name}]))["a"].token_field == name


@pytest.mark.parametrize(
    "name", ["price_in", "price_out", "cache_minimum", "requests_per_minute", "tokens_per_minute"]
)
def test_a_known_figure_can_be_set_to_unknown(name: str) -> None:
    catalog = load_catalog(json.dumps([{"id": "claude-sonnet-4-6", name: None}]))
    assert getattr(catalog["claude-sonnet-4-6"], name) is None


def test_the_default_is_put_first() -> None:
    assert list(load_catalog(None, "claude-4-5-sonnet")) == [
        "claude-4-5-sonnet",
        "claude-sonnet-4-6",
    ]


def test_a_default_that_the_list_lacks_is_added() -> None:
    assert list(load_catalog('[{"id": "a"}]', " b ")) == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("{}", "JSON list"),
        ("[]", "at least one"),
        ('["x"]', "must be an object"),
        ("[{}]", "needs an id"),
        ('[{"id": " "}]', "needs an id"),
        ('[{"id": "a"}, {"id": "a"}]', "twice"),
        ('[{"id": "a", "visoin": true}]', "unknown fields: visoin"),
        ('[{"id": "a", "visoin": true, "colour": 1}]', "unknown fields: colour, visoin"),
        (
            '[{"id": "a", "max_output": 500, "context_window": 500}]',
            r"max_output \(500\) must be below context_window \(500\)",
        ),
        ('[{"id": "a", "context_window": 8192}]', r"max_output \(8192\) must be below"),
    ],
)
def test_invalid_models_are_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        load_catalog(text)
    assert re.fullmatch(r"[A-Z].*\.", str(caught.value))


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("label", ["", " ", 1, None], "a text"),
        ("vision", ["yes", 1, None], "true or false"),
        ("thinking", ["yes", 0, None], "true or false"),
        ("tools", ["no", 0, None], "true or false"),
        ("context_window", [0, -1, True, 1.5, "1", None], "a whole number above 0"),
        ("max_output", [0, -1, True, 1.5, "1", None], "a whole number above 0"),
        ("price_in", [-1, True, "3", float("nan"), float("inf")], "a number of USD per million"),
        ("price_out", [-0.1, False, [], float("nan"), float("inf")], "a number of USD per million"),
        ("cache_minimum", [0, True, 1.5, "1"], "a whole number above 0, or null"),
        ("requests_per_minute", [0, True, 1.5, "1"], "a whole number above 0, or null"),
        ("tokens_per_minute", [0, True, 1.5, "1"], "a whole number above 0, or null"),
        ("token_field", ["tokens", None, []], "max_tokens or max_completion_tokens"),
    ],
)
def test_each_field_has_its_own_sentence(name: str, values: list[object], words: str) -> None:
    for value in values:
        with pytest.raises(ValueError, match=f"Model a: {name} must be {words}"):
            load_catalog(json.dumps([{"id": "a", name: value}]))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_ids_and_labels_are_valid_text(text: str) -> None:
    """Every page shows them."""
    entries = json.dumps([{"id": f"id{text}", "label": f"A{text}"}])
    for given in (entries, entries.encode("latin-1").decode("utf-8", "surrogateescape")):
        for model in load_catalog(given, default_id=f"other{text}").values():
            assert is_valid([model.id, model.label])
