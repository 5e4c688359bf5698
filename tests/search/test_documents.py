"""The text of attached documents is found, only by those whose conversations have them."""

import uuid
from dataclasses import replace
from datetime import UTC

import pytest
from django.core.management import call_command
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Exchange,
    add_exchange,
    deletion,
    trash,
    version_deletion,
)
from chatapp.conversations.models.branching_off import branch_off
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Page, Unit
from chatapp.search import backfill, document_entries, results, writing
from chatapp.search.models import DocumentEntry, StaleConversation
from tests.documents.kit import made_of
from tests.search.helpers import find, marked
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


def sent(owner: Person, *documents: Document, text: str = "See.") -> Exchange:
    added = add_exchange(owner, replace(new_message(text), documents=documents))
    complete(added.reply, "Fine.")
    return added


def index() -> None:
    while backfill.renew_stale():
        pass


def pages(person: Person, query: str) -> list[str]:
    return [found.url.partition("?")[2] for found in find(person, query).pages]


def test_a_page_is_found_with_its_chat_and_leads_to_the_viewer(owner: Person) -> None:
    document = made_of(owner, "An egret.", "A grey <heron> stands.")
    added = sent(owner, document)
    index()

    (found,) = find(owner, "hero").pages

    assert found.title == "report.pdf, p. 2"
    assert found.url == f"/documents/{document.pk}/?page=2#page-2"
    assert found.conversation == added.conversation
    assert marked(found.excerpt) == ["hero"]
    assert "&lt;<mark>hero</mark>n&gt;" in found.excerpt
    assert find(owner, "hero").count == 1


def test_sheets_are_found_by_their_names(owner: Person) -> None:
    document = made_of(owner, Page("1,2", "Budget"), Page("3,4", "Plan"), unit=Unit.SHEET)
    sent(owner, document)
    index()

    assert [found.title for found in find(owner, "plan").pages] == [
        "report.pdf, Sheet 2: <mark>Plan</mark>"
    ]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("GREY hero", True),
        ("grey -owl", True),
        ("grey -stands", False),
        ('"grey heron"', True),
        ('"heron grey"', False),
        ("heron egret", False),  # words of different pages
        ("has:document heron", True),
        ("has:image heron", False),
        ("-has:document heron", False),
        ("in:see heron", True),
        ("in:other heron", False),
        ("after:2001 heron", True),
        ("before:2001 heron", False),
        ("model:sonnet heron", False),
        ("-heron", False),
    ],
)
def test_queries_mean_the_same_in_documents_as_in_messages(
    owner: Person, query: str, is_found: bool
) -> None:
    sent(owner, made_of(owner, "An egret.", "A grey heron stands."))
    sent(owner, text="Other")
    index()

    assert bool(find(owner, query).pages) == is_found


def test_the_name_finds_the_message(owner: Person) -> None:
    added = sent(owner, made_of(owner, "An egret.", name="heron-report.pdf"))
    sent(owner)

    for query in ("heron-rep", "has:document"):
        messages = [found.message for found in find(owner, query).messages]
        assert messages == [added.message], query
    assert not find(owner, "has:image").messages


def test_a_message_is_sent_before_its_document_is_indexed(owner: Person) -> None:
    document = made_of(owner, *(f"heron{number}" for number in range(100)))
    sent(owner, document)

    assert not DocumentEntry.objects.exists()
    assert backfill.renew_stale()
    assert DocumentEntry.objects.count() == writing.AT_ONCE
    index()
    assert DocumentEntry.objects.count() == 100
    assert not StaleConversation.objects.exists()
    assert [pages(owner, f"heron{number} ") for number in (0, 99)] == [
        ["page=1#page-1"],
        ["page=100#page-100"],
    ]


def test_a_long_page_is_found_to_its_end(owner: Person) -> None:
    words = [f"word{number}" for number in range(9_000)]
    sent(owner, made_of(owner, " ".join(words)))
    index()

    assert all(pages(owner, f"{word} ") for word in (words[0], words[4_000], words[-1]))


def test_a_scanned_page_does_not_stop_the_index(owner: Person) -> None:
    sent(owner, made_of(owner, Page("", is_scanned=True), "heron"))
    index()

    assert pages(owner, "heron") == ["page=2#page-2"]


def test_each_document_is_shown_once_and_the_newest_first(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatapp.search.pages.SHOWN", 2)
    documents = [made_of(owner, "heron", "heron", name=f"{number}.pdf") for number in range(3)]
    for document in documents:
        sent(owner, document)
    index()

    titles = [str(found.title) for found in find(owner, "heron").pages]

    assert titles == ["2.pdf, p. 1", "1.pdf, p. 1"]
    assert find(owner, "heron", older=2**62).pages == []


def test_nobody_finds_documents_of_others(owner: Person, member: Person) -> None:
    sent(owner, made_of(owner, "heron"))
    index()

    assert not find(member, "heron").pages
    assert find(owner, "heron").pages
    Conversation.objects.update(owner=member)  # whatever the index says
    assert not find(owner, "heron").pages


@pytest.mark.parametrize("remove", [trash.trash, deletion.delete])
def test_what_goes_with_its_conversation_is_not_found(owner: Person, remove: object) -> None:
    added = sent(owner, made_of(owner, *["heron"] * 50))
    index()

    remove(added.conversation)  # type: ignore[operator]

    assert not find(owner, "heron").pages
    index()
    assert not DocumentEntry.objects.exists()


def test_a_restored_conversation_is_found_again(owner: Person) -> None:
    added = sent(owner, made_of(owner, "heron"))
    index()
    trash.trash(added.conversation)
    index()
    trash.restore(added.conversation)
    index()

    assert len(find(owner, "heron").pages) == 1


def test_a_copy_has_entries_of_its_own(owner: Person) -> None:
    added = sent(owner, made_of(owner, *["heron"] * 90))
    index()
    copy, _ = branch_off(added.reply, uuid.uuid4())
    index()

    assert DocumentEntry.objects.filter(conversation_id=copy.pk).count() == 90
    assert DocumentEntry.objects.count() == 180
    deletion.delete(added.conversation)
    assert [found.conversation for found in find(owner, "heron").pages] == [copy]


def test_a_deleted_version_takes_its_document_along(owner: Person) -> None:
    first = sent(owner)
    new = new_message("New.", conversation=first.conversation.pk)
    documents = (made_of(owner, "heron"),)
    added = add_exchange(owner, replace(new, replaces=first.message.pk, documents=documents))
    complete(added.reply)
    index()
    assert find(owner, "heron").pages
    version_deletion.delete(added.message, added.reply.pk)

    assert not find(owner, "heron").pages
    index()
    assert not DocumentEntry.objects.exists()


def test_reindexing_makes_them_anew(owner: Person) -> None:
    sent(owner, made_of(owner, "heron", "egret"))
    gone = sent(owner, made_of(owner, "owl"))
    index()
    DocumentEntry.objects.filter(number=2).update(number=9)
    Conversation.objects.filter(pk=gone.conversation.pk).delete()

    call_command("reindex")

    assert (pages(owner, "heron"), pages(owner, "egret")) == (["page=1#page-1"], ["page=2#page-2"])
    assert DocumentEntry.objects.count() == 2


def test_another_process_that_was_faster_is_not_repeated(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = sent(owner, made_of(owner, "heron"))
    owners = {added.conversation.pk: owner.pk}
    put = document_entries._put

    def late(*args: object) -> bool:
        monkeypatch.undo()
        document_entries.add_missing(owners)
        return put(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(document_entries, "_put", late)
    document_entries.add_missing(owners)

    assert DocumentEntry.objects.count() == 1


def test_rewriting_ends_when_the_chat_is_deleted_meanwhile(owner: Person) -> None:
    added = sent(owner, made_of(owner, "heron"))
    stale = Conversation.objects.get(pk=added.conversation.pk)
    Conversation.objects.filter(pk=stale.pk).update(deleted_at=timezone.now())

    document_entries.rewrite(stale)

    assert not DocumentEntry.objects.exists()


def test_search_reads_no_more_pages_than_it_shows(
    owner: Person, django_assert_max_num_queries: object
) -> None:
    sent(owner, made_of(owner, *["heron"] * 200))
    index()

    with django_assert_max_num_queries(30):  # type: ignore[operator]
        assert results.search(owner, "heron", UTC).pages
