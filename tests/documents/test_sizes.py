"""Which pages fit, and what they cost the model with the images of scanned ones."""

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment
from chatapp.documents.models import Document
from chatapp.documents.sizes import (
    MARKS_AROUND,
    MAX_SCANS,
    TOKENS_AROUND,
    TOKENS_PER_MARK,
    TOKENS_PER_SCAN,
    PageSize,
    choose,
    of_marks,
    share,
    sizes_of,
    total,
)
from chatapp.documents.worker.pages import Page, Unit
from tests.documents.kit import made_of

SCAN = TOKENS_PER_SCAN


def pages(text: str) -> list[PageSize]:
    """Return a page of 10 tokens for each "t", and a scan for each "s"."""
    return [
        PageSize(number, 10 if kind == "t" else 0, kind == "s")
        for number, kind in enumerate(text, start=1)
    ]


def test_pages_fit_from_the_first_one_without_holes() -> None:
    listed = [PageSize(1, 50), PageSize(2, 60), PageSize(3, 10)]

    assert choose(listed, 200) == ([1, 2, 3], 120, 0)
    assert choose(listed, 109) == ([1], 50, 0)
    assert choose(listed, 49) == ([], 0, 0)


def test_a_scan_costs_an_image() -> None:
    assert choose(pages("tst"), SCAN + 20) == ([1, 2, 3], SCAN + 20, 1)
    assert choose(pages("tst"), SCAN + 9) == ([1], 10, 0)
    assert total(pages("tst")) == SCAN + 20


def test_scans_above_the_limit_have_no_image_and_go_along_between_texts_only() -> None:
    assert choose(pages("tssst"), 9 * SCAN, 2) == ([1, 2, 3, 4, 5], 2 * SCAN + 20, 2)
    assert choose(pages("tssss"), 9 * SCAN, 2) == ([1, 2, 3], 2 * SCAN + 10, 2)
    assert choose(pages("ss"), 9 * SCAN, 0) == ([], 0, 0)
    assert total(pages("s" * 300)) == MAX_SCANS * SCAN + of_marks(300)


def test_pages_without_text_cost_their_marks() -> None:
    blank = [PageSize(number, 0) for number in range(1, 5_001)]

    assert len(choose(blank, 12_000).pages) == MARKS_AROUND + 12_000 // TOKENS_PER_MARK
    assert total(blank) == choose(blank, 99_000).tokens == of_marks(5_000)


@pytest.mark.parametrize(
    ("documents", "room", "chosen"),
    [
        (["tttttttt", "t"], 50, [4, 1]),
        (["t", "tttttttt"], 50, [1, 4]),
        (["tttttttt", "tttttttt"], 50, [2, 3]),
        (["tttttttt", "tttttttt", "ttt"], 90, [3, 3, 3]),
        (["tt", "tttttttt"], 500, [2, 8]),
        (["tt", "tt"], -50, [0, 0]),
    ],
)
def test_a_long_document_takes_no_room_from_a_short_one(
    documents: list[str], room: int, chosen: list[int]
) -> None:
    labels = TOKENS_AROUND * len(documents)

    choices = share([pages(each) for each in documents], room + labels)

    assert [len(each.pages) for each in choices] == chosen
    assert sum(each.tokens for each in choices) <= max(room, 0)


def test_the_room_of_a_page_that_is_too_long_goes_to_the_others() -> None:
    long = [PageSize(1, 1_000)]

    choices = share([pages("t" * 80), long], 500 + 2 * TOKENS_AROUND)

    assert [len(each.pages) for each in choices] == [25, 0]


def test_the_first_documents_have_their_images_first() -> None:
    choices = share([pages("s" * 15), pages("s" * 30)], 99 * SCAN)

    assert [each.scans for each in choices] == [15, MAX_SCANS - 15]


@pytest.mark.django_db
def test_a_page_with_some_letters_is_no_scan(owner: Person) -> None:
    """Its text goes along, and not its image."""
    document = made_of(owner, Page("p. 7", is_scanned=True), Page("", is_scanned=True))

    assert [size.is_scan for size in sizes_of(document)] == [False, True]
    assert document.tokens == total(sizes_of(document)) > SCAN


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("texts", "unit", "note"),
    [
        (["word " * 20_000] * 8, Unit.PAGE, "Pages 1–4 of 8 go to the model."),
        (["word " * 50_000] * 3, Unit.SHEET, "Sheet 1 of 3 goes to the model."),
        (["word " * 20_000] * 8, Unit.PART, "The first 100,000 tokens of documents in a chat"),
        (["word " * 90_000] * 2, Unit.PAGE, "It is too long to go to the model, which can look"),
    ],
)
def test_the_note_says_how_much_goes_along(
    owner: Person, texts: list[str], unit: Unit, note: str
) -> None:
    document = made_of(owner, *texts, unit=unit)

    assert note in document.note
    first = sum(page.tokens for page in document.pages.all()[: document.fitting_count])
    assert Attachment(document=document).tokens == first <= 100_000
    Document.objects.update(fitting_tokens=None)  # as an older release has stored it
    document.refresh_from_db()
    assert Attachment(document=document).tokens == 100_000


@pytest.mark.django_db
def test_the_note_of_a_long_scan_counts_images(owner: Person) -> None:
    document = made_of(owner, *[Page("", is_scanned=True)] * 300)

    assert document.note == (
        "PDF, 300 pages, about 34,900 tokens. Pages 1–20 of 300 go to the model."
    )
    Document.objects.update(fitting_count=None)  # as an older release has stored it
    document.refresh_from_db()
    assert document.note == "PDF, 300 pages, about 34,900 tokens"
