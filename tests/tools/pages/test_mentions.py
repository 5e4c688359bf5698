"""Which pages a person has named: the very address, however it is spelled, and no other."""

from __future__ import annotations

import time

import pytest

from chatapp.tools.pages.mentions import display_address, is_mentioned

PAGE = "https://example.com/a/b?c=d"

NAMED = [
    ("https://example.com/foo", "https://example.com/foo"),
    ("https://example.com/foo", "http://example.com/foo"),
    ("http://example.com/foo", "https://example.com/foo"),
    ("https://example.com/foo", "example.com/foo"),
    ("https://example.com/", "Have a look at example.com"),
    ("https://example.com", "HTTPS://Example.COM/"),
    ("https://example.com/foo/", "https://example.com/foo"),
    ("https://example.com/foo#part", "https://example.com/foo"),
    ("https://example.com/foo", "https://example.com/foo#part"),
    ("https://example.com:443/foo", "https://example.com/foo"),
    ("https://example.com/foo", "http://example.com:80/foo"),
    ("https://example.com:8443/foo", "example.com:8443/foo"),
    ("https://example.com./foo", "https://example.com/foo"),
    ("https://example.com/caf%C3%A9", "https://example.com/café"),
    ("https://xn--mnchen-3ya.de/", "münchen.de"),
    ("https://münchen.de/", "see https://xn--mnchen-3ya.de."),
    (PAGE, "What is on https://example.com/a/b?c=d?"),
    (PAGE, "Read https://example.com/a/b?c=d, please."),
    (PAGE, "(https://example.com/a/b?c=d)"),
    (PAGE, "<https://example.com/a/b?c=d>"),
    (PAGE, "„https://example.com/a/b?c=d“ und mehr"),
    (PAGE, "[this page](https://example.com/a/b?c=d)."),
    (PAGE, "[https://example.com/a/b?c=d](https://example.org/)"),
    (PAGE, "**https://example.com/a/b?c=d**"),
    (PAGE, "`https://example.com/a/b?c=d`"),
    (PAGE, "first\nhttps://example.com/a/b?c=d\nlast"),
    (PAGE, "请读https://example.com/a/b?c=d。谢谢"),
    ("https://en.wikipedia.org/wiki/Heron_(bird)", "(https://en.wikipedia.org/wiki/Heron_(bird))"),
    ("https://example.com/a.", "https://example.com/a."),
]

OTHERS = [
    ("https://example.com/foo", ""),
    ("https://example.com/foo", "Read example dot com slash foo"),
    ("https://example.com/?q=a+secret", "https://example.com/"),
    ("https://example.com/?q=2", "https://example.com/?q=1"),
    ("https://example.com/?q=", "https://example.com/?q"),
    ("https://example.com/?a=1&b=2", "https://example.com/?b=2&a=1"),
    ("https://example.com/", "https://example.com/?q=1"),
    ("https://example.com/foo", "https://example.com/foobar"),
    ("https://example.com/foobar", "https://example.com/foo"),
    ("https://example.com/foo", "https://example.com/"),
    ("https://example.com/Foo", "https://example.com/foo"),
    ("https://example.com/a/b", "https://example.com/a%2Fb"),
    # Asked for as they are spelled, so a spelling could tell the site something.
    ("https://example.com/%7Ejo", "https://example.com/~jo"),
    ("https://example.com/%66oo", "https://example.com/foo"),
    ("https://example.com/a%2fb", "https://example.com/a%2Fb"),
    ("https://example.com:8443/", "https://example.com/"),
    ("https://example.com:80/", "https://example.com/"),
    ("https://example.com/", "https://example.com:8443/"),
    ("https://www.example.com/", "https://example.com/"),
    ("https://evil.com/", "https://example.com@evil.com/"),
    ("https://evil.com/", "https://example.com:x@evil.com/"),
    ("https://example.com/", "https://example.com@evil.com/"),
    ("https://example.com/", "https://example.com.evil.com/"),
    ("https://example.com/", "https://notexample.com/"),
    ("https://example.com/", "notexample.com"),
    ("https://example.com/", "not-example.com"),
    ("https://example.com/", "ann@example.com"),
    ("https://example.com/", "https://evil.com/?u=https://example.com/"),
    ("https://example.com/", "https://evil.com/example.com"),
    ("https://example.com/", "ftp://example.com/"),
    ("https://example.com/", "https:\\\\example.com"),
    ("https://xn--pple-43d.com/", "https://apple.com/"),
    ("https://аpple.com/", "https://apple.com/"),
    ("https://apple.com/", "https://аpple.com/"),
    ("https://pple.com/", "аpple.com"),
    ("https://example.com/", "exam\u200bple.com"),
    ("https://xn--fa-hia.de/", "fass.de"),
]

NEVER_ASKED_FOR = [
    "",
    "not a link",
    "http://localhost/",
    "https://user:secret@example.com/",
    "https://example.com:22/",
    "file:///etc/passwd",
]


@pytest.mark.parametrize(("address", "text"), NAMED)
def test_a_page_that_the_person_named(address: str, text: str) -> None:
    assert is_mentioned(address, ["Hello", text])


@pytest.mark.parametrize(("address", "text"), OTHERS)
def test_a_page_that_the_person_did_not_mention(address: str, text: str) -> None:
    assert not is_mentioned(address, ["Hello", text])


@pytest.mark.parametrize("address", NEVER_ASKED_FOR)
def test_an_invalid_link_needs_no_approval(address: str) -> None:
    assert is_mentioned(address, [])


@pytest.mark.parametrize("piece", ["lorem ipsum. ", "(a", "a.b.", "((((", "https://", "a.b) "])
def test_long_texts_are_searched_quickly(piece: str) -> None:
    """In about as much time as it takes to read them: nothing is looked at again and again."""
    text = piece * (200_000 // len(piece))
    begun = time.process_time()

    assert not is_mentioned("https://example.com/", [text])

    assert time.process_time() - begun < 5  # a search that looks again and again takes minutes


def test_an_address_is_shown_in_full_and_unambiguously() -> None:
    long = "https://example.com/" + "a" * 1_000 + "?q=the+end"

    assert display_address(long) == long
    assert display_address("https://аpple.com/x") == "https://xn--pple-43d.com/x"
    assert display_address("https://example.com/\u202egnp.exe") == "https://example.com/gnp.exe"
