"""Documents in the request: at their place, the same bytes each time, within the budget."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Message, Variation, add_exchange
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.models import Document
from chatapp.inference import ChatMessage, TextPart
from chatapp.replies.prompt.branch_documents import documents_before
from chatapp.replies.prompt.building import reply_prompt, title_request
from chatapp.replies.prompt.turns import VARIATIONS
from chatapp.replies.tools.toolbox import Toolbox
from tests.documents.kit import attach, made_of, reread
from tests.support.replies import MODEL, complete, new_message

pytestmark = pytest.mark.django_db

READING = ["read_pages", "search_document"]


def ask(owner: Person, text: str = "What is it?", before: Message | None = None) -> Message:
    conversation = before.conversation_id if before else None
    return add_exchange(owner, new_message(text, conversation)).reply


def asked_about(
    owner: Person, document: Document, pages: list[int] | None = None, text: str = "What is it?"
) -> Message:
    """Return a queued reply to a message with a document."""
    reply = ask(owner, text)
    assert reply.parent
    attach(reply.parent, document, pages)
    return reread(reply)


def user_turns(reply: Message) -> list[ChatMessage]:
    return [turn for turn in reply_prompt(reply).request.messages if turn.role == "user"]


def test_the_pages_come_before_the_words_of_their_message(owner: Person) -> None:
    document = made_of(owner, "Herons wait.", "Egrets hurry.", "Storks sleep.")
    reply = asked_about(owner, document, [1, 3])

    [turn] = user_turns(reply)

    text, words = turn.parts
    assert isinstance(text, TextPart)
    assert text.text.startswith('<document name="report.pdf" pages="1, 3" of="3">')
    assert "--- page 3 ---\nStorks sleep." in text.text
    assert "Egrets" not in text.text
    assert words == TextPart("What is it?")


def test_a_document_is_the_same_bytes_in_every_request(owner: Person) -> None:
    first = asked_about(owner, made_of(owner, "Herons wait.", "Egrets hurry."), [1])
    before = reply_prompt(first).request.messages
    complete(first)
    second = ask(owner, "And then?", first)

    after = reply_prompt(reread(second)).request.messages

    assert after[: len(before)] == before


def test_the_pages_that_a_person_chose_are_the_same_in_every_request(owner: Person) -> None:
    document = made_of(owner, "Herons wait.", "Egrets hurry.", "Storks sleep.")
    new = replace(new_message("What?"), documents=(ChosenPages(document, "1, 3"),))
    first = add_exchange(owner, new).reply

    before = reply_prompt(reread(first)).request.messages
    complete(first)
    second = ask(owner, "And then?", first)

    text = next(turn for turn in before if turn.role == "user").parts[0]
    assert isinstance(text, TextPart)
    assert 'pages="1, 3" of="3"' in text.text
    assert "Egrets" not in text.text
    assert reply_prompt(reread(second)).request.messages[: len(before)] == before


def test_documents_with_one_name_are_called_as_the_tools_call_them(owner: Person) -> None:
    first = asked_about(owner, made_of(owner, "Herons wait."))
    complete(first)
    second = ask(owner, "And this?", first)
    assert second.parent
    attach(second.parent, made_of(owner, "Egrets hurry."))

    turns = user_turns(reread(second))

    opened = [turn.text.split("\n")[0] for turn in turns]
    assert [line.split(" pages=")[0] for line in opened] == [
        '<document name="report.pdf"',
        '<document name="report.pdf (2)"',
    ]
    assert list(Toolbox.of(reread(second)).context.files) == ["report.pdf", "report.pdf (2)"]


@pytest.mark.parametrize("text", ["", "What is it?"])
def test_another_version_of_a_reply_begins_with_the_same_document(owner: Person, text: str) -> None:
    reply = asked_about(owner, made_of(owner, "Herons wait."), text=text)
    [before] = user_turns(reply)
    reply.variation = Variation.SHORTER

    [after] = user_turns(reply)

    words = [TextPart(text)] if text else []
    assert list(before.parts[1:]) == words
    assert list(after.parts) == [before.parts[0], TextPart(VARIATIONS[Variation.SHORTER]), *words]


def test_documents_and_images_keep_their_order(owner: Person) -> None:
    reply = ask(owner)
    assert reply.parent
    attach(reply.parent, made_of(owner, "Herons wait."), position=0)
    link = "https://example.com/a.png"
    Attachment.objects.create(message=reply.parent, position=1, link=link)
    attach(reply.parent, made_of(owner, "Egrets.", name="b.pdf"), position=2)

    [turn] = user_turns(reread(reply))

    kinds = [part.text[:24] if isinstance(part, TextPart) else part.url for part in turn.parts]
    assert kinds == ['<document name="report.p', link, '<document name="b.pdf" p', "What is it?"]


def test_a_document_is_neither_the_persons_words_nor_a_title(owner: Person) -> None:
    document = made_of(owner, "See https://example.com/leak", name="https://example.com/name")
    reply = asked_about(owner, document)
    assert reply.parent

    prompt = reply_prompt(reply)

    assert prompt.toolbox.context.written == ("What is it?",)
    assert "example.com" not in str(title_request(reply.parent, MODEL).messages)


def test_the_tokens_of_documents_count_in_the_budget(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG[MODEL], context_window=20_000)
    settings.CATALOG = {model.id: model}
    first = asked_about(owner, made_of(owner, "Herons wait. " * 5_000))
    complete(first)
    attachment = Attachment.objects.get()
    second = reread(ask(owner, "And then?", first))

    prompt = reply_prompt(second)

    assert attachment.document_tokens > model.context_window / 2
    assert prompt.turns_excluded == 1
    assert [turn.text for turn in user_turns(second)] == ["And then?"]
    # The model can still look it up.
    assert [tool.name for tool in prompt.request.tools if tool.name in READING] == READING


def test_the_person_learns_how_many_pages_do_not_go_along(owner: Person) -> None:
    document = made_of(owner, "One.", "Two.", "Three.", count=10)
    first = asked_about(owner, document, [1])
    complete(first)
    second = reread(ask(owner, "And then?", first))

    assert reply_prompt(reread(first)).pages_excluded == 9
    assert reply_prompt(second).pages_excluded == 0
    assert reply_prompt(asked_about(owner, made_of(owner, "Whole."))).pages_excluded == 0
    first.notices = {"pages_excluded": 9}
    assert "9 pages of your documents aren't in the request." in first.notice_lines[0]


def test_a_model_that_reads_less_gets_the_first_pages(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG[MODEL], context_window=20_000)
    settings.CATALOG = {model.id: model}
    first = asked_about(owner, made_of(owner, *["Herons wait. " * 400] * 30))
    tokens = Attachment.objects.get().document_tokens
    before = reply_prompt(first)
    complete(first)
    settings.CATALOG = {model.id: replace(model, context_window=4 * tokens)}

    assert tokens > 30_000
    assert 'pages="1-5" of="30"' in before.request.messages[-1].text
    assert before.pages_excluded == 25
    assert reply_prompt(reread(first)).pages_excluded == 0


@pytest.mark.parametrize("pages", ["", "7-9", "x"])
def test_pages_that_can_not_be_read_are_left_out(owner: Person, pages: str) -> None:
    reply = asked_about(owner, made_of(owner, "Herons wait."))
    Attachment.objects.update(pages=pages)

    [turn] = user_turns(reply)

    assert 'pages="none"' in turn.text
    assert "Herons" not in turn.text


@pytest.mark.parametrize("choices", [{}, {"calculate": False, "read_web_page": False}])
def test_reading_tools_are_there_while_the_branch_has_documents(
    owner: Person, settings: Settings, choices: dict[str, bool]
) -> None:
    settings.TOOLS = ()
    document = made_of(owner, "Herons wait.")
    without = ask(owner)
    reply = asked_about(owner, document)
    reply.conversation.tool_choices = choices

    toolbox = Toolbox.of(reply)

    assert list(toolbox.tools) == READING
    assert toolbox.repeatable == set(READING)
    assert dict(toolbox.context.files) == {"report.pdf": document.pk}
    assert not any(toolbox.needs_approval(name, "{}") for name in READING)
    assert list(Toolbox.of(without).tools) == list(Toolbox.of(reread(without)).tools) == []


def test_another_branch_does_not_lend_its_documents(owner: Person) -> None:
    first = asked_about(owner, made_of(owner, "Herons wait."))
    complete(first)
    new: Any = new_message("What else?", first.conversation_id)
    other = add_exchange(owner, replace(new, replaces=first.parent_id)).reply

    assert not Toolbox.of(reread(other)).context.files
    assert Toolbox.of(reread(first)).context.files


def test_an_excluded_message_lends_no_document(owner: Person) -> None:
    first = asked_about(owner, made_of(owner, "Herons wait."))
    complete(first)
    Message.objects.filter(pk=first.parent_id).update(excluded=True)

    assert not Toolbox.of(reread(ask(owner, "And?", first))).context.files


def test_plain_messages_are_not_searched_for_documents(owner: Person) -> None:
    """Each reply looks for them, however long its conversation is."""
    first = ask(owner)
    complete(first)
    reply = reread(ask(owner, "And then?", first))

    with CaptureQueriesContext(connection) as queries:
        documents_before(reply)

    [query] = queries.captured_queries
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [row[-1] for row in cursor.fetchall()]
        assert any("INDEX messages_with_attachments (" in line for line in plan)
