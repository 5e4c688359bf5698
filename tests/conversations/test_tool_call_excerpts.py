"""A page shows the input and output of a tool call within bounds, whatever they hold."""

import json

import pytest

from chatapp.conversations.models import ToolCall
from chatapp.conversations.models.tool_call_display import EXCERPT

NESTED = "[" * 900 + "]" * 900


def bomb(size: int) -> str:
    """Return nested brackets, whose indentation grows with the square of their depth."""
    return "[" + ",".join([NESTED] * (size // len(NESTED))) + "]"


def test_short_json_is_indented() -> None:
    tool_call = ToolCall(arguments='{"a":1}', content='{"b":2}')
    assert tool_call.arguments_excerpt == tool_call.shown_arguments == '{\n  "a": 1\n}'
    assert tool_call.content_excerpt == tool_call.shown_content == '{\n  "b": 2\n}'
    assert not tool_call.is_long


@pytest.mark.parametrize("text", [bomb(50_000), "x" * 1_000_000, json.dumps(["y" * 5_000])])
def test_an_excerpt_is_bounded_and_reports_that_there_is_more(text: str) -> None:
    tool_call = ToolCall(arguments=text)
    assert len(tool_call.arguments_excerpt) == EXCERPT + 1
    assert tool_call.arguments_excerpt.endswith("…")
    assert tool_call.is_long


def test_the_whole_text_is_complete_and_hardly_longer() -> None:
    tool_call = ToolCall(arguments=bomb(50_000), content=json.dumps({"a": [1, 2]}))
    assert tool_call.shown_arguments == tool_call.arguments
    assert json.loads(tool_call.shown_content) == {"a": [1, 2]}
