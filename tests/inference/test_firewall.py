"""Known triggers of the web firewall are broken up, and a reader still understands them."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.firewall import rewrite, rewrite_text
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    ImagePart,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

# Those of the first group are named by clients that were blocked for them.
REWRITES = [
    ("<script>alert(1)</script>", "< script>alert(1)< /script>"),
    ("<a href='javascript:x()'>", "< a href='javascript :x()'>"),
    ("<img onerror=x>", "< img onerror :=x>"),
    ("cd ../../etc", "cd .. /.. /etc"),
    ("..\\windows", ".. \\windows"),
    ("{{ user }}", "{ { user } }"),
    ("{% if x %}", "{ % if x % }"),
    ("see http://localhost:8000/x", "see localhost:8000/x"),
    ("https://127.0.0.1/", "127.0.0.1/"),
    ("http://10.0.0.1:80 ws://192.168.1.2 http://172.16.0.9", "10.0.0.1:80 192.168.1.2 172.16.0.9"),
    ("http://169.254.169.254/latest", "169.254.169.254/latest"),
    ("http://[::1]:80", "[::1]:80"),
    ("Traceback (most recent call last):", "Traceback, most recent call last:"),
    ('  File "app.py", line 3, in f', "  In app.py at line 3, f"),
    ("response = call()", "response := call()"),
    ("&lt;b&gt; &#39;", "& lt;b& gt; & #39;"),
    ("repos{/owner}", "repos{ /owner}"),
    ("{code:java}x{code}", "{ code:java}x{ code}"),
    ("!image-1.png|width=3!", "! image-1.png|width=3!"),
    ("exec(compiled, x)", "exec (compiled, x)"),
    ("os.system('ls')", "os .system('ls')"),
    ("filter=Q(a=1)", "filter:= Q(a=1)"),
    ("<!DOCTYPE html><?xml?>", "< !DOCTYPE html>< ?xml?>"),
    ("${jndi:x}", "$ {jndi:x}"),
    ("{{{{x}}}}", "{ { { {x} } } }"),
]
HARMLESS = [
    "a < b and c > d",
    "if (a == b) { return {x: 1}; }",
    "if position == 3:",
    "Wait... what?",
    "see https://example.com/a/b?c=d&e=f",
    "http://100.2.3.4/ and http://172.15.0.1/ and http://localhosts.example/",
    "my javascript is rusty: help",
    "50% off",
    "the call was executed (twice)",
    "Grüße 👩‍👩‍👧",
]


@pytest.mark.parametrize(("text", "rewritten"), REWRITES)
def test_a_trigger_is_broken_up(text: str, rewritten: str) -> None:
    assert rewrite_text(text) == rewritten


@pytest.mark.parametrize("text", [text.upper() for text, _ in REWRITES[:3]])
def test_in_capitals_too(text: str) -> None:
    assert rewrite_text(text) != text


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_stays(text: str) -> None:
    assert rewrite_text(text) == text


PIECES = [*re.findall(r"\w+|\W", " ".join(text for text, _ in REWRITES)), "\n", "\\", '"']


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_a_second_time_changes_nothing(text: str) -> None:
    once = rewrite_text(text)
    assert rewrite_text(once) == once


@given(st.dictionaries(st.sampled_from(PIECES), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_json_stays_json(value: dict[str, str]) -> None:
    assert isinstance(json.loads(rewrite_text(json.dumps({"a": {"b": value}}))), dict)


def request(*messages: ChatMessage) -> CompletionRequest:
    tool = Tool("t", "<script>", {"type": "object"})
    return CompletionRequest("m", messages, 100, tools=(tool,))


def test_texts_of_every_kind_are_rewritten_but_tools_are_not() -> None:
    asked = request(
        ChatMessage.from_text("system", "<b>"),
        ChatMessage("user", (ImagePart("http://localhost/a.png"), TextPart("<b>"))),
        ChatMessage("assistant", (TextPart("<i>"), ToolCallPart("1", "t", '{"x":"<p>"}'))),
        ChatMessage("tool", (ToolResultPart("1", "<q>"),)),
    )
    rewritten = rewrite(asked)
    assert rewritten.messages == (
        ChatMessage.from_text("system", "< b>"),  # a person's instructions may stand there
        ChatMessage("user", (ImagePart("http://localhost/a.png"), TextPart("< b>"))),
        ChatMessage("assistant", (TextPart("< i>"), ToolCallPart("1", "t", '{"x":"< p>"}'))),
        ChatMessage("tool", (ToolResultPart("1", "< q>"),)),
    )
    assert rewritten.tools == asked.tools
    assert rewrite(rewritten) is rewritten


def test_without_a_trigger_it_is_the_same_request() -> None:
    asked = request(
        ChatMessage.from_text("system", "Be kind."), ChatMessage.from_text("user", "Hi")
    )
    assert rewrite(asked) is asked
