"""Names are letters, digits and hyphens, in lower case."""

import pytest

from chatapp.prompts.names import MAX_LENGTH, is_valid, name_for, normalize, numbered


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("/Weekly-Report", "weekly-report"),
        (" Übung ", "übung"),
        ("Ｆull２", "full2"),
        ("//a", "/a"),
        ("House  style", "house-style"),
    ],
)
def test_a_name_is_stored_in_lower_case_without_its_slash_and_blanks(typed: str, name: str) -> None:
    assert normalize(typed) == name


@pytest.mark.parametrize("name", ["a", "weekly-report", "2", "हिन्दी", "日本語", "a" * MAX_LENGTH])
def test_letters_and_digits_of_any_script_may_be_in_a_name(name: str) -> None:
    assert is_valid(name)


@pytest.mark.parametrize(
    "name", ["", "-", "-a", "a-", "a b", "a_b", "a/b", "a.b", "<b>", "a\u202eb", "a" * 41, "😀"]
)
def test_anything_else_is_refused(name: str) -> None:
    assert not is_valid(name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Weekly report (v2)", "weekly-report-v2"),
        ("../../etc/passwd", "etc-passwd"),
        ("…", "prompt"),
        ("a" * 39 + " b", "a" * 39),
    ],
)
def test_any_title_becomes_a_name(title: str, name: str) -> None:
    assert name_for(title) == name
    assert is_valid(name_for(title))


def test_a_numbered_name_is_not_too_long() -> None:
    assert numbered("summary", 2) == "summary-2"
    assert is_valid(numbered("a" * MAX_LENGTH, 123))
