"""Tokens, queries and excerpts, without a database."""

import sys
import unicodedata
from datetime import UTC
from itertools import chain

import pytest
from hypothesis import given

from chatapp.search.analysis.matches import OVERLAP, WINDOW, Matcher
from chatapp.search.analysis.queries import MAX_TERMS, read_query
from chatapp.search.analysis.tokens import MAX_READ, MAX_TOKEN, MAX_TOKENS, tokens_of
from chatapp.server.folding import fold, fold_with_places
from tests.texts import ANY_TEXT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crème BRÛLÉE", {"creme", "brulee"}),
        ("Straße łódź", {"strasse", "lodz"}),
        ("ＦＵＬＬ width", {"full", "width"}),
        ("snake_case", {"snake_case", "snake", "case"}),
        ("getUserName", {"getusername", "username", "get", "user", "name"}),
        ("foo.bar.baz()", {"foo.bar.baz", "bar.baz", "foo", "bar", "baz"}),
        ("C++ C# .NET", {"c++", "c#", ".net", "c", "net"}),
        ("E0425", {"e0425"}),
        ("减少Token", {"减", "少", "减少", "token"}),
        ("ไทย", {"ไ", "ท", "ย", "ไท", "ทย"}),
        ("don’t", {"don't", "don", "t"}),
        ("_private", {"_private", "private"}),
    ],
)
def test_words_are_found_whole_and_in_parts(text: str, expected: set[str]) -> None:
    assert set(tokens_of([text])) == expected


def test_no_sign_makes_a_token_that_a_database_takes_apart() -> None:
    """Postgres refuses an empty token, and with it the message."""
    signs = [sign for sign in map(chr, range(sys.maxunicode + 1)) if _changes(sign)]
    tokens = tokens_of(signs[:500])  # some, as a text has them
    tokens += chain.from_iterable(tokens_of([sign, f"a{sign}b"]) for sign in signs)
    query = read_query("ﷺ ⑴⑵ ", UTC)

    assert len(signs) > 2_000
    assert not [token for token in tokens if not token or set(token) & set(' "(),')]
    assert not [term for term in query.required if set(term.token) & set(' "(),')]
    assert "صلى" in tokens_of(["النبي ﷺ"])


def _changes(sign: str) -> bool:
    surrogate = "\ud800" <= sign <= "\udfff"
    return not surrogate and unicodedata.normalize("NFKC", sign) != sign


def test_encoded_data_has_no_tokens() -> None:
    assert tokens_of(["aGVsbG8gd29ybGQ" * 20]) == []


def test_a_message_has_a_limited_number_of_tokens() -> None:
    assert len(tokens_of([" ".join(f"w{number}" for number in range(9_000))])) == MAX_TOKENS


@given(ANY_TEXT)
def test_every_token_is_short_and_has_no_space(text: str) -> None:
    for token in tokens_of([text]):
        assert 0 < len(token) <= MAX_TOKEN
        assert token == "".join(token.split())


@given(ANY_TEXT)
def test_folding_keeps_the_places(text: str) -> None:
    folded, places = fold_with_places(text)

    assert len(places) == len(folded) + 1
    assert list(places) == sorted(places)


@given(ANY_TEXT)
def test_any_query_is_read(text: str) -> None:
    query = read_query(text, UTC)

    matcher = Matcher(query)
    matcher.accepts([text])
    matcher.excerpt([text, "second"])
    matcher.highlight(text)


@pytest.mark.parametrize("text", ["", "  ", "!?…", '""', "-", "in:", "model:", "«»"])
def test_a_query_without_words_is_empty(text: str) -> None:
    assert read_query(text, UTC).is_empty


@pytest.mark.parametrize(
    "text",
    ["has:sound", "before:soon", "after:2026-13-40", "after:99999", "-in:work", "-before:2026"],
)
def test_a_filter_that_cant_be_understood_is_explained(text: str) -> None:
    assert read_query(text, UTC).problems


def test_too_many_words_are_cut_with_a_sentence() -> None:
    query = read_query(" ".join(f"w{number}" for number in range(60)), UTC)

    assert len(query.required) == MAX_TERMS
    assert query.problems


def test_an_excerpt_is_escaped_and_marks_the_words() -> None:
    matcher = Matcher(read_query("bold", UTC))

    html = matcher.excerpt(["<script>alert(1)</script> " * 20 + "a <b>Bold</b> claim"])

    assert "<mark>Bold</mark>" in html
    assert "<script" not in html
    assert "<b>" not in html
    assert html.startswith("… ")


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("cafe", "the café there", "<mark>café</mark>"),
        ("strasse", "Müllerstraße", "Müller<mark>straße</mark>"),
        ("消耗", "减少Token消耗", "<mark>消耗</mark>"),
        ('"two words"', "here two\nwords", "<mark>two words</mark>"),
        ("a&b", "x a & b", "<mark>a</mark> &amp; <mark>b</mark>"),
        ("user", "getUserName", "get<mark>User</mark>Name"),
    ],
)
def test_what_was_found_is_marked_as_it_is_written(query: str, text: str, expected: str) -> None:
    assert expected in Matcher(read_query(query, UTC)).excerpt([text])


def test_a_hit_far_into_a_long_text_is_shown() -> None:
    text = "ﬁll straße " * 15_000 + "needle " + "end " * 500
    matcher = Matcher(read_query("needle", UTC))

    assert "<mark>needle</mark>" in matcher.excerpt([text])
    assert "needle" not in matcher.excerpt(["x " * MAX_READ + "needle"])  # as in the index


@pytest.mark.parametrize("before", range(-12, 2))
@pytest.mark.parametrize("edge", [WINDOW, WINDOW + OVERLAP])
def test_a_phrase_is_found_wherever_a_text_is_divided(edge: int, before: int) -> None:
    text = f"{'.' * (edge + before)} two words here"

    assert Matcher(read_query('"two words"', UTC)).accepts([text])
    assert not Matcher(read_query('a -"two words"', UTC)).accepts([text])
    assert not Matcher(read_query('"two wor"', UTC)).accepts([text])
    assert "<mark>two words</mark>" in Matcher(read_query('"two words"', UTC)).excerpt([text])


def test_folding_is_stable() -> None:
    assert fold(fold("Ångström İstanbul ΌΣΟΣ")) == fold("Ångström İstanbul ΌΣΟΣ")
