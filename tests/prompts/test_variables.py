r"""`{{name}}` is a variable, `\{{name}}` and everything else is text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.prompts.variables import Variable, escape, parse

PIECES = st.lists(st.sampled_from(["{{a}}", "{{", "}}", "{", "}", "\\", "a", "=", " ", "{{b=c}}"]))


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("Sum up {{topic}}.", [Variable("topic")]),
        ("In {{language=English}}", [Variable("language", "English")]),
        ("{{ two  words }}", [Variable("two words")]),
        ("{{größe}} {{日本語}}", [Variable("größe"), Variable("日本語")]),
        ("{{a}} {{A}} {{b}}", [Variable("a"), Variable("b")]),
        ("{{a}} {{a=1}} {{a=2}}", [Variable("a", "1")]),
        ("{{{a}}}", [Variable("a")]),
        ("{{lines=one\ntwo}}", [Variable("lines", "one\ntwo")]),
        ("{{a=}}", [Variable("a")]),
    ],
)
def test_variables_are_found_once_with_their_defaults(text: str, variables: list[Variable]) -> None:
    assert list(parse(text).variables) == variables


@pytest.mark.parametrize(
    "text",
    [
        *("", "{}", "{{}}", "{{ }}", "{a}", "{{a}", "{{a b", "{{_a}}", "{{-}}"),
        *("{{#if a}}", "{{a.b}}", "{{a|upper}}", "{{a()}}", "{{7*7;}}", "{% if a %}", "${a}"),
        "{{" + "a" * 41 + "}}",
    ],
)
def test_braces_with_anything_else_between_them_are_text(text: str) -> None:
    parsed = parse(text)

    assert parsed.variables == ()
    assert parsed.fill([]) == text


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        (r"\{{a}}", "{{a}}"),
        (r"\\{{a}}", r"\1"),
        (r"\\\{{a}}", r"\{{a}}"),
        (r"\n \{ \\ {{a}}", r"\n \{ \\ 1"),
        (r"\{{a=2}} {{a}}", "{{a=2}} 1"),
    ],
)
def test_a_backslash_makes_text_of_a_variable(text: str, filled: str) -> None:
    parsed = parse(text)

    assert parsed.fill(["1"] * len(parsed.variables)) == filled


def test_values_are_not_read_for_variables() -> None:
    parsed = parse("{{a}} and {{b}}")

    assert parsed.fill(["{{b}}", r"\{{a}}"]) == r"{{b}} and \{{a}}"


@given(PIECES.map("".join))
def test_an_escaped_text_is_inserted_as_it_was(text: str) -> None:
    parsed = parse(escape(text))

    assert parsed.variables == ()
    assert parsed.fill([]) == text


@pytest.mark.parametrize("piece", ["{{", "{{a", "{{a=", "\\", "{{a ", "{{a=\\", " ", "{{{", "=}"])
def test_a_hostile_text_costs_no_more_than_a_pass_over_it(piece: str) -> None:
    text = piece * (400_000 // len(piece))

    began = time.process_time()
    parse(text)

    assert time.process_time() - began < 1
