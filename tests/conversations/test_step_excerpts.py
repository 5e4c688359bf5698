"""A page shows the input and output of a tool call within bounds, whatever they hold."""

import json

import pytest

from chatapp.conversations.models import Step
from chatapp.conversations.models.step_display import EXCERPT

NESTED = "[" * 900 + "]" * 900


def bomb(size: int) -> str:
    """Brackets in brackets, whose indentation grows with the square of their depth."""
    return "[" + ",".join([NESTED] * (size // len(NESTED))) + "]"


def test_short_json_is_indented() -> None:
    step = Step(arguments='{"a":1}', content='{"b":2}')
    assert step.arguments_excerpt == step.shown_arguments == '{\n  "a": 1\n}'
    assert step.content_excerpt == step.shown_content == '{\n  "b": 2\n}'
    assert not step.is_long


@pytest.mark.parametrize("text", [bomb(50_000), "x" * 1_000_000, json.dumps(["y" * 5_000])])
def test_an_excerpt_is_bounded_and_says_that_there_is_more(text: str) -> None:
    step = Step(arguments=text)
    assert len(step.arguments_excerpt) == EXCERPT + 1
    assert step.arguments_excerpt.endswith("…")
    assert step.is_long


def test_nothing_is_left_out_of_the_whole_which_never_grows_much() -> None:
    step = Step(arguments=bomb(50_000), content=json.dumps({"a": [1, 2]}))
    assert step.shown_arguments == step.arguments
    assert json.loads(step.shown_content) == {"a": [1, 2]}
