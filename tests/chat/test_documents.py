"""/documents/<id>/: what was read of a document, page by page, and the file to save."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, trash
from chatapp.documents import finding, reading
from chatapp.documents.formats import Format
from chatapp.documents.models import Document, DocumentData
from chatapp.documents.worker.pages import Extract, Page, Unit
from tests.documents.kit import attach, made_of
from tests.support.people import ROLES, STRANGER
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = ["", "?page=2", "?q=heron", "file"]


def path_of(document: Document, path: str = "") -> str:
    return f"/documents/{document.pk}/{path}"


def numbers(page: str) -> list[int]:
    return [number for number in range(1, 400) if f'id="page-{number}"' in page]


def of_format(owner: Person, name: str, kind: Format, content: bytes = b"a heron") -> Document:
    return Document.objects.store(owner, name, content, kind, Extract(Unit.PART, [Page("A")]))


@pytest.mark.parametrize("path", PATHS)
def test_people_of_every_role_reach_their_documents_and_nobody_elses(
    signed_in: Callable[[Person], Client], path: str
) -> None:
    stranger, found, of_others = signed_in(person_of(STRANGER)), {}, set()
    for role in ROLES:
        person = person_of(role)
        url = path_of(made_of(person, "A heron.", "An egret."), path)
        found[role] = signed_in(person).get(url).status_code
        of_others |= {stranger.get(url).status_code, Client().get(url).status_code}

    assert found == dict.fromkeys(ROLES, HTTPStatus.OK)
    assert of_others == {HTTPStatus.NOT_FOUND, HTTPStatus.FOUND}


def test_a_document_of_somebody_else_is_seen_in_ones_own_present_conversation(
    owner_client: Client, member: Person, exchange: Exchange
) -> None:
    document = made_of(member, "A heron.")
    attach(exchange.message, document)

    assert "A heron." in owner_client.get(path_of(document)).text
    trash.trash(exchange.conversation)
    assert owner_client.get(path_of(document)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("path", ["", "file"])
def test_documents_are_only_read(owner_client: Client, owner: Person, path: str) -> None:
    url = path_of(made_of(owner, "A heron."), path)

    assert owner_client.post(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_the_page_says_what_was_read_and_leads_to_the_chat(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    pages = [Page("A <b>heron</b> & {{ more }}."), Page("", is_scanned=True), Page("")]
    document = made_of(owner, *pages, name="<i>birds</i>.pdf", count=12)
    attach(exchange.message, document)

    page = owner_client.get(path_of(document)).text

    assert "&lt;i&gt;birds&lt;/i&gt;.pdf" in page
    assert "A &lt;b&gt;heron&lt;/b&gt; &amp; {{ more }}." in page
    assert "PDF, 12 pages" in page
    assert "these are 3 of 12" in page
    assert "This page is an image" in page
    assert "There is no text here." in page
    assert f'href="/c/{exchange.conversation.pk}/"' in page


def test_sheets_are_shown_by_their_names(owner_client: Client, owner: Person) -> None:
    document = made_of(owner, Page("| a |", "Budget"), Page("| b |"), unit=Unit.SHEET)

    page = owner_client.get(path_of(document)).text

    assert "Sheet 1: Budget" in page
    assert ">Sheet 2</h2>" in page


def test_a_long_document_is_shown_in_pieces(owner_client: Client, owner: Person) -> None:
    document = made_of(owner, *(f"Text {number}." for number in range(1, 121)))

    def shown(query: str) -> tuple[list[int], bool, bool]:
        page = owner_client.get(path_of(document, query)).text
        return numbers(page), "Earlier pages" in page, "Later pages" in page

    assert shown("") == (list(range(1, 51)), False, True)
    assert shown("?page=51") == (list(range(51, 101)), True, True)
    assert shown("?page=117") == ([117, 118, 119, 120], True, False)
    assert shown("?page=9999") == ([120], True, False)
    assert shown("?page=-1")[0] == shown("?page=x")[0] == shown("?page=0")[0] == shown("")[0]


def test_a_piece_ends_early_where_pages_are_long(
    owner_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHARACTERS_AT_ONCE", 10)
    document = made_of(owner, "123456", "1234", "5", "12345678901234")

    first, last = (owner_client.get(path_of(document, query)).text for query in ("", "?page=4"))

    assert (numbers(first), numbers(last)) == ([1, 2], [4])
    assert "12345678901" not in last
    assert "The rest is too long to be shown here." in last


def test_words_are_found_inside(owner_client: Client, owner: Person) -> None:
    document = made_of(owner, "A heron.", "An <egret>.", "An égret and a heron.")

    page = owner_client.get(path_of(document, "?q=EGRET")).text
    both = owner_client.get(path_of(document, "?q=egret+heron")).text
    nothing = owner_client.get(path_of(document, "?q=owl")).text

    assert 'href="?page=2#page-2"' in page
    assert 'href="?page=3#page-3"' in page
    assert "An &lt;egret&gt;." in page
    assert ('href="?page=2#page-2"' in both, 'href="?page=3#page-3"' in both) == (False, True)
    assert "Nothing found." in nothing


def test_a_search_that_takes_too_long_says_where_it_stopped(
    owner_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = made_of(owner, *["A heron."] * 3, unit=Unit.SLIDE)
    found = finding.find(document, "heron")._replace(searched=2)
    monkeypatch.setattr(finding, "find", lambda *_: found)

    page = owner_client.get(path_of(document, "?q=heron")).text

    assert "The search took too long and stopped after Slide 2." in page
    assert "Go to slide" in page


def test_a_text_that_was_not_read_to_its_end_has_no_numbers_that_nobody_counted(
    owner_client: Client, owner: Person
) -> None:
    page = owner_client.get(path_of(made_of(owner, "A line.", unit=Unit.PART, count=2))).text

    assert "too long to be read to its end: this is its beginning." in page
    assert "1 of 2" not in page


@pytest.mark.parametrize(
    ("name", "kind", "saved", "media_type"),
    [
        ("report.pdf", Format.PDF, "report.pdf", "application/pdf"),
        ("report.PDF", Format.PDF, "report.pdf", "application/pdf"),
        ("page.pdf", Format.HTML, "page.pdf.html", "text/html"),
        ("main.py", Format.TEXT, "main.py", "text/plain"),
        ("notes", Format.TEXT, "notes.txt", "text/plain"),
        ("a/b\r\n.e x", Format.TEXT, "a-b .e x.txt", "text/plain"),
    ],
)
def test_the_file_is_saved_and_never_shown(
    owner_client: Client, owner: Person, name: str, kind: Format, saved: str, media_type: str
) -> None:
    content = b"a heron " * 100_000
    answer = owner_client.get(path_of(of_format(owner, name, kind, content), "file"))

    assert answer.content == content
    assert answer["Content-Disposition"] == f'attachment; filename="{saved}"'
    assert answer["Content-Type"] == media_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, no-store"


def test_a_file_whose_bytes_are_lost_is_not_found(owner_client: Client, owner: Person) -> None:
    document = made_of(owner, "A heron.")
    DocumentData.objects.all().delete()

    answer = owner_client.get(path_of(document, "file"))

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.text == "This document is no longer in storage."
    assert owner_client.get(path_of(document)).status_code == HTTPStatus.OK
