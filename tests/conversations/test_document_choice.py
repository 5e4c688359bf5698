"""Which pages of a document go along is decided once, when its message is sent."""

from dataclasses import replace

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, add_exchange, document_choice
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.sizes import MAX_SCANS, TOKENS_AROUND, TOKENS_PER_SCAN, of_marks
from chatapp.documents.worker.pages import Page
from tests.documents.kit import made_of, stored
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db
PAGE = "word " * 400


@pytest.fixture
def room(owner: Person, monkeypatch: pytest.MonkeyPatch) -> int:
    """Allow the tokens of five pages, in up to three documents."""
    tokens = stored(owner, PAGE).tokens
    monkeypatch.setattr(document_choice, "MAX_DOCUMENT_TOKENS", 5 * tokens + 3 * TOKENS_AROUND)
    return tokens


def chosen(attachments: list[Attachment]) -> list[tuple[str, int]]:
    return [(each.pages, each.document_tokens) for each in attachments]


def test_documents_of_a_message_share_the_room(owner: Person, room: int) -> None:
    documents = tuple(stored(owner, *[PAGE] * count) for count in (2, 4, 3))

    added = add_exchange(owner, replace(new_message(), documents=documents))

    assert chosen(list(added.message.attachments.all())) == [
        ("1", room + TOKENS_AROUND),
        ("1-2", 2 * room + TOKENS_AROUND),
        ("1-2", 2 * room + TOKENS_AROUND),
    ]
    assert list(Attachment.objects.order_by("position")) == list(added.message.attachments.all())


def test_a_later_message_gets_what_earlier_ones_left(owner: Person, room: int) -> None:
    first = add_exchange(owner, replace(new_message(), documents=(stored(owner, *[PAGE] * 4),)))
    complete(first.reply)
    later = replace(
        new_message("And?", first.conversation.pk), documents=(stored(owner, PAGE, PAGE),)
    )
    second = add_exchange(owner, later)
    complete(second.reply)

    assert second.message.attachments.get().pages == "1"
    # An edit of the first message takes its place: nothing of the old branch counts.
    new = new_message("Edited", first.conversation.pk)
    edited = replace(new, documents=(stored(owner, *[PAGE] * 5),), replaces=first.message.pk)
    assert add_exchange(owner, edited).message.attachments.get().pages == "1-5"
    assert first.message.attachments.get().pages == "1-4"  # as it was sent


def test_the_images_of_scanned_pages_take_room(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    scan = Page("", is_scanned=True)
    documents = (made_of(owner, *[scan] * 15), made_of(owner, *[scan] * 30, name="second.pdf"))

    added = add_exchange(owner, replace(new_message(), documents=documents))

    assert chosen(list(added.message.attachments.all())) == [
        ("1-15", 15 * TOKENS_PER_SCAN + of_marks(15) + TOKENS_AROUND),
        ("1-5", (MAX_SCANS - 15) * TOKENS_PER_SCAN + TOKENS_AROUND),
    ]
    monkeypatch.setattr(document_choice, "MAX_DOCUMENT_TOKENS", 2 * TOKENS_PER_SCAN + TOKENS_AROUND)
    short = add_exchange(owner, replace(new_message(), documents=documents[:1]))
    assert short.message.attachments.get().pages == "1-2"


def test_the_chosen_pages_go_along_and_leave_room_for_the_others(owner: Person, room: int) -> None:
    long, other = stored(owner, *[PAGE] * 9), stored(owner, *[PAGE] * 4)
    documents = (ChosenPages(long, "2, 7"), other)

    added = add_exchange(owner, replace(new_message(), documents=documents))

    assert chosen(list(added.message.attachments.all())) == [
        ("2, 7", 2 * room + TOKENS_AROUND),
        ("1-3", 3 * room + TOKENS_AROUND),
    ]


@pytest.mark.parametrize(("pages", "fitting"), [("2-9", "2-6"), ("1, 3, 5-9", "1, 3, 5-7")])
def test_a_choice_is_cut_to_what_fits(owner: Person, room: int, pages: str, fitting: str) -> None:
    documents = (ChosenPages(stored(owner, *[PAGE] * 9), pages),)

    added = add_exchange(owner, replace(new_message(), documents=documents))

    attachment = added.message.attachments.get()
    assert attachment.pages == fitting
    # An edit sends them again.
    assert attachment.source == f"document/{attachment.document_id}/{fitting}"


def test_what_went_along_whole_is_no_choice(owner: Person) -> None:
    document = stored(owner, PAGE, PAGE)
    added = add_exchange(owner, replace(new_message(), documents=(document,)))

    attachment = added.message.attachments.get()
    assert (attachment.pages, attachment.source) == ("1-2", f"document/{document.pk}")
