"""The list of models: built in, from configuration, and refused."""

from __future__ import annotations

import pytest

from chatapp.inference.catalog import Model, load_catalog


@pytest.mark.parametrize("unset", [None, "", "  "])
def test_the_two_sonnets_are_built_in(unset: str | None) -> None:
    catalog = load_catalog(unset)
    assert list(catalog) == ["claude-sonnet-4-6", "claude-4-5-sonnet"]
    assert all(model.vision and model.thinking for model in catalog.values())


def test_a_list_replaces_them_and_keeps_its_order() -> None:
    catalog = load_catalog('[{"id": "llama"}, {"id": "claude-4-5-sonnet", "max_output": 4096}]')
    assert catalog == {
        "llama": Model("llama", "llama"),
        "claude-4-5-sonnet": Model(
            "claude-4-5-sonnet", "Claude Sonnet 4.5", vision=True, thinking=True, max_output=4096
        ),
    }


def test_the_default_is_put_first() -> None:
    assert list(load_catalog(None, "claude-4-5-sonnet")) == [
        "claude-4-5-sonnet",
        "claude-sonnet-4-6",
    ]


def test_a_default_that_the_list_lacks_is_added() -> None:
    catalog = load_catalog(None, " claude-4-5-haiku ")
    assert next(iter(catalog)) == "claude-4-5-haiku"
    assert catalog["claude-4-5-haiku"].vision


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("{}", "JSON list"),
        ("[]", "at least one"),
        ('["x"]', "must be an object"),
        ("[{}]", "needs an id"),
        ('[{"id": " "}]', "needs an id"),
        ('[{"id": "a"}, {"id": "a"}]', "twice"),
        ('[{"id": "a", "visoin": true}]', "unknown fields: visoin"),
        ('[{"id": "a", "vision": "yes"}]', "vision must be true or false"),
        ('[{"id": "a", "max_output": 0}]', "max_output must be a whole number"),
        ('[{"id": "a", "max_output": true}]', "max_output must be a whole number"),
        ('[{"id": "a", "context_window": "1"}]', "context_window must be a whole number"),
        ('[{"id": "a", "label": ""}]', "label must be a text"),
    ],
)
def test_nonsense_is_refused_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        load_catalog(text)
