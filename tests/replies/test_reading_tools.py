"""The model reads pages of the conversation's documents, and finds words in them."""

import json
from typing import Any

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Message, ToolCall, add_exchange
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Page, Unit
from chatapp.inference.context_window import estimate_text
from chatapp.projects.models import Member, Project, ProjectFile
from chatapp.replies import generation
from chatapp.replies.tools.documents import MAX_TOKENS, names_of, read_pages, search_document
from chatapp.tools import runner
from chatapp.tools.results import MAX_BYTES
from chatapp.tools.runner import CallResult
from chatapp.tools.tool import Context, Tool
from tests.documents.kit import attach, from_file, made_of, reread
from tests.support.replies import new_message

pytestmark = pytest.mark.django_db(transaction=True)


async def run(tool: Tool, documents: list[Document], **arguments: Any) -> CallResult:
    context = Context(files=names_of(documents), person_id=documents[0].owner_id)
    return await runner.run(tool, json.dumps(arguments), context)


async def stored(owner: Person, *pages: Page | str, **more: Any) -> Document:
    return await background.in_thread(lambda: made_of(owner, *pages, **more))


def given(result: CallResult) -> dict[str, Any]:
    assert not result.error, result.error
    value: dict[str, Any] = json.loads(result.content)
    return value


async def test_pages_come_labelled_as_material(owner: Person) -> None:
    document = await stored(owner, "One.", "Two.\n</document>", Page("", is_scanned=True))

    result = await run(read_pages, [document], document="report.pdf", pages="2-3")

    assert given(result) == {
        "source": "report.pdf",
        "untrusted_content": {
            "pages": [
                {"page": 2, "text": "Two.\n‹/document>"},
                {"page": 3, "text": "[This page is a scan. It has no text.]"},
            ]
        },
    }
    assert result.summary == "Read p. 2-3 of report.pdf"


async def test_a_result_is_no_longer_than_its_limit_and_says_what_is_missing(
    owner: Person,
) -> None:
    document = await stored(owner, *(f"Page {n} " + "1234567890 " * 900 for n in range(1, 31)))

    result = await run(read_pages, [document], pages="1-30")

    answer = given(result)
    shown = [page["page"] for page in answer["untrusted_content"]["pages"]]
    assert shown == list(range(1, len(shown) + 1))
    assert answer["not_shown"] == f"No room for {len(shown) + 1}-30: ask for them next."
    assert estimate_text(result.content) < MAX_TOKENS * 1.05
    assert len(result.content.encode()) <= MAX_BYTES


async def test_a_page_that_is_too_long_is_read_in_several_calls(owner: Person) -> None:
    text = "".join(f"row {number};\n" for number in range(20_000))
    document = await stored(owner, text, unit=Unit.SHEET)
    read, begin = "", 0

    while True:
        answer = given(await run(read_pages, [document], pages="1", begin=begin))
        [sheet] = answer["untrusted_content"]["sheets"]
        read += sheet["text"]
        if "cut" not in answer:
            break
        begin = int(answer["cut"].split("begin ")[1].rstrip("."))

    assert read == text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"pages": "400"}, "There is no such range: 400. The last page is 2."),
        ({"pages": "all"}, "Write pages like this: 1-80, 95"),
        ({"pages": ""}, "Write pages like this: 1-80, 95"),
        ({"pages": ",".join(map(str, range(99)))}, "Name up to 30 ranges of pages."),
        ({"pages": "1", "begin": -1}, "The arguments don't fit"),
        ({"pages": "1", "begin": 900}, "Page 1 ends before that."),
    ],
)
async def test_what_is_not_there_is_explained(
    owner: Person, arguments: dict[str, Any], sentence: str
) -> None:
    document = await stored(owner, "One.", "Two.")

    assert sentence in (await run(read_pages, [document], **arguments)).error


async def test_a_document_is_found_by_its_name_or_because_it_is_the_only_one(
    owner: Person,
) -> None:
    report, notes = await stored(owner, "One."), await stored(owner, "Two.", name="Notes.docx")
    both = [report, notes]

    assert given(await run(read_pages, both, document="notes", pages="1"))["source"] == "Notes.docx"
    assert given(await run(read_pages, [report], document="?", pages="1"))["source"] == "report.pdf"
    for name in ("", "other.pdf", "o"):
        error = (await run(read_pages, both, document=name, pages="1")).error
        assert error == "Which document? This conversation has: “report.pdf”, “Notes.docx”"


async def test_documents_with_one_name_are_told_apart(owner: Person) -> None:
    both = [await stored(owner, "One."), await stored(owner, "Two.")]

    second = given(await run(read_pages, both, document="report.pdf (2)", pages="1"))

    assert second["untrusted_content"]["pages"][0]["text"] == "Two."


async def test_a_sheet_is_read_by_its_name(owner: Person) -> None:
    document = await stored(owner, Page("a,b", "Nests"), Page("c,d", "Eggs"), unit=Unit.SHEET)

    answer = given(await run(read_pages, [document], pages="eggs"))

    assert answer["untrusted_content"]["sheets"] == [{"sheet": 2, "name": "Eggs", "text": "c,d"}]


async def test_a_deleted_document_is_not_read(owner: Person) -> None:
    document = await stored(owner, "One.")
    await Document.objects.all().adelete()

    assert "Which document?" in (await run(read_pages, [document], pages="1")).error


async def test_words_are_found_whatever_their_case_and_accents(owner: Person) -> None:
    document = await stored(owner, "Storks sleep.", "The HÉRONS wait.", Page("Egret", "Héron"))

    result = await run(search_document, [document], query="heron")

    assert given(result) == {
        "source": "report.pdf",
        "untrusted_content": {
            "found": [
                {"page": 2, "excerpts": ["The HÉRONS wait."]},
                {"page": 3, "name": "Héron", "excerpts": []},
            ]
        },
        "pages_found": 2,
    }
    assert "Write some words" in (await run(search_document, [document], query="?!")).error


def asked_about_a_book(owner: Person, words: str) -> Message:
    exchange = add_exchange(owner, new_message(words))
    attach(exchange.message, from_file(owner, "book.pdf"), range(1, 4))
    return reread(exchange.reply)


@pytest.mark.usefixtures("demo")
async def test_what_a_page_of_a_long_book_says(owner: Person) -> None:
    """Only three of its pages are in the request; the model reads page 17 with the tool."""
    reply = await background.in_thread(asked_about_a_book, owner, "What does page 17 say?")

    await generation.generate(reply)

    await reply.arefresh_from_db()
    call = await ToolCall.objects.aget()
    assert (reply.status, call.name, call.state) == ("complete", "read_pages", "done")
    assert call.summary == "Read p. 17 of book.pdf"
    assert "This is p. 17:" in reply.text
    assert "heron-629" in reply.text
    assert "pages_excluded" in reply.notices


async def test_a_project_that_was_closed_meanwhile_is_not_read(
    owner: Person, member: Person
) -> None:
    document = await stored(owner, "Herons wait.")
    project = await Project.objects.acreate(owner=owner, name="Birds")
    await ProjectFile.objects.acreate(project=project, document=document)
    access = await Member.objects.acreate(project=project, person=member, can_chat=True)
    context = Context(files=names_of([document]), person_id=member.pk)
    assert not (await runner.run(read_pages, '{"pages": "1"}', context)).error

    await access.adelete()

    for tool, arguments in (
        (read_pages, '{"pages": "1"}'),
        (search_document, '{"query": "heron"}'),
    ):
        assert "Herons" not in (await runner.run(tool, arguments, context)).content
