"""Pages that a person chooses: how they are stored, and the words about what goes along."""

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment
from chatapp.documents import choice_labels
from chatapp.documents.chosen_pages import MAX_LENGTH, ChosenPages
from chatapp.documents.page_ranges import RangesRefused, parse, write
from chatapp.documents.sizes import Choice
from chatapp.documents.worker.pages import Unit
from tests.documents.kit import made_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("written", "stored"),
    [("", ""), (" 5,1 – 3 ", "1-3, 5"), ("1-6", ""), ("1-3, 4, 5-6", ""), (",", "")],
)
def test_a_choice_is_stored_in_order_and_all_pages_are_none(
    owner: Person, written: str, stored: str
) -> None:
    document = made_of(owner, *"abcdef", count=9)  # which is read up to its sixth page

    assert ChosenPages(document, written).checked() == (document, stored)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("7", "The last page is 6"),
        ("all", "like this"),
        (",".join(f"{1000 + 4 * at}-{1001 + 4 * at}" for at in range(29)), "too many ranges"),
    ],
)
def test_a_choice_that_cannot_be_stored_gets_a_sentence(
    owner: Person, written: str, words: str
) -> None:
    document = made_of(owner, *"abcdef")
    if "too many" in words:
        document.read_count = 5000
        assert len(write(parse(written, 5000))) > MAX_LENGTH

    with pytest.raises(RangesRefused, match=words):
        ChosenPages(document, written).checked()


@pytest.mark.parametrize(
    ("unit", "pages", "words"),
    [
        (Unit.PAGE, "1-12", "PDF, 12 pages"),
        (Unit.PAGE, "1-3, 5", "PDF, p. 1–3, 5 of 12"),
        (Unit.PAGE, "1, 3, 5, 7", "PDF, p. 1, 3, 5, … of 12"),
        (Unit.SHEET, "2", "PDF, sheet 2 of 12"),
        (Unit.PART, "1-2", "PDF, only its beginning"),
        (Unit.PAGE, "", "PDF, 12 pages, none sent"),
    ],
)
def test_a_sent_document_says_which_pages_went_along(
    owner: Person, unit: Unit, pages: str, words: str
) -> None:
    assert choice_labels.extent_along(made_of(owner, *"abcdefghijkl", unit=unit), pages) == words


@pytest.mark.parametrize(
    ("chosen", "going", "note", "summary"),
    [
        ("", [1, 2, 3], "PDF, 3 pages, about 70 tokens", "3 pages, about 70 tokens"),
        (
            "",
            [1, 2],
            "PDF, 3 pages. Pages 1–2 of 3 go to the model, about 70 tokens.",
            "Only 1–2 of these fit: 2 pages, about 70 tokens",
        ),
        (
            "1, 3",
            [1, 3],
            "PDF, 3 pages. Pages 1, 3 of 3 go to the model, about 70 tokens.",
            "2 pages, about 70 tokens",
        ),
        (
            "2-3",
            [2],
            "PDF, 3 pages. Page 2 of 3 goes to the model, about 70 tokens. "
            "The rest of what you chose doesn't fit.",
            "Only 2 of these fit: 1 page, about 70 tokens",
        ),
        (
            "2-3",
            [],
            "PDF, 3 pages. None of these pages fit. The model can look things up in it.",
            "None of these pages fit. The model can look things up in it.",
        ),
    ],
)
def test_the_person_reads_what_goes_along_and_what_does_not_fit(
    owner: Person, chosen: str, going: list[int], note: str, summary: str
) -> None:
    choice = ChosenPages(made_of(owner, "a", "b", "c"), chosen)

    assert choice_labels.note(choice, Choice(going, 65, 0)) == note
    assert choice_labels.summary(choice, Choice(going, 65, 0)) == summary


def test_only_what_has_several_pages_of_its_own_can_be_chosen_from(owner: Person) -> None:
    several = made_of(owner, "a", "b")
    assert choice_labels.may_choose(several)
    assert not choice_labels.may_choose(made_of(owner, "a"))
    assert not choice_labels.may_choose(made_of(owner, "a", "c", unit=Unit.PART))


def test_pages_that_an_import_brought_and_nobody_can_read_are_no_error(owner: Person) -> None:
    document = made_of(owner, "a", "b")

    assert Attachment(document=document, pages="9").note == document.note
