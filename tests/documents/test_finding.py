"""Words are found in a document: the best pages first, with what is around them, in time."""

import time

import pytest

from chatapp.accounts.models import Person
from chatapp.documents.finding import MAX_HITS, PAGES_AT_ONCE, find
from chatapp.documents.models import Document
from tests.documents.kit import made_of

pytestmark = pytest.mark.django_db


def numbers(document: Document, query: str) -> list[int]:
    return [hit.number for hit in find(document, query).hits]


def test_pages_with_all_words_and_the_phrase_come_first(owner: Person) -> None:
    document = made_of(
        owner, "grey", "heron, grey", "The grey heron: grey heron.", "The grey herons.", "egret"
    )

    assert numbers(document, "Grey heron") == [3, 4, 2]
    found = find(document, "heron grey stork")
    assert (found.words, found.words_found, found.pages) == (3, 2, 3)
    assert not find(document, "stork").hits


@pytest.mark.parametrize(
    ("text", "query", "is_found"),
    [
        ("Müllerwiese", "mullerwiese", True),
        ("HÉRON", "heron", True),
        ("herons", "heron", True),
        ("A part.", "art", False),
        ("アオサギは水辺で", "水辺", True),
        ("Цапля стоит", "цапля", True),
        ("The efficient ﬁsh", "fish", True),
        ("invoice 3,410.50", "3,410.50", True),
        ("C:\\path", "(?i)[", False),
    ],
)
def test_spellings_of_a_word(owner: Person, text: str, query: str, is_found: bool) -> None:
    assert bool(numbers(made_of(owner, text), query)) == is_found


def test_an_excerpt_has_the_words_around_it(owner: Person) -> None:
    text = f"{'a ' * 500}The heron\nwaits {'b ' * 500} and the egret {'c ' * 500}"

    [hit] = find(made_of(owner, text), "heron egret").hits

    assert len(hit.excerpts) == 2
    assert all(each[0] == each[-1] == "…" and len(each) < 400 for each in hit.excerpts)
    assert "a The heron waits b" in hit.excerpts[0]
    assert "and the egret" in hit.excerpts[1]


def test_a_long_document_is_searched_to_its_end(owner: Person) -> None:
    pages = [f"Page {number} of herons" for number in range(2 * PAGES_AT_ONCE + 1)]
    document = made_of(owner, *pages)

    found = find(document, "herons")

    assert (found.pages, found.searched) == (len(pages), len(pages))
    assert len(found.hits) == MAX_HITS
    assert numbers(document, f"page {len(pages) - 1}") == [len(pages)]


def test_a_search_ends_in_time(owner: Person) -> None:
    document = made_of(owner, *["herons"] * 10)

    found = find(document, "herons", seconds=-time.monotonic())

    assert (found.hits, found.searched) == ((), 0)
