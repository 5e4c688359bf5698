"""What the model gets of a project: instructions, and files before everything else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import Message, add_exchange
from chatapp.conversations.models.sources import cited_html
from chatapp.documents.models import Document
from chatapp.documents.page_ranges import MAX_PROJECT_TOKENS
from chatapp.documents.worker.pages import Page
from chatapp.inference.context_window import message_tokens
from chatapp.inference.payload import encode
from chatapp.projects.models import Member, Project, ProjectFile
from chatapp.replies.prompt.building import reply_prompt, title_request
from chatapp.replies.tools.toolbox import Toolbox
from tests.documents.kit import made_of
from tests.projects.file_kit import add_document, add_image, ask
from tests.projects.kit import project_of, shared_with
from tests.support.replies import MODEL, complete, new_message

pytestmark = pytest.mark.django_db


def sent(reply: Message) -> list[dict[str, Any]]:
    """Return the messages as the service gets them."""
    messages: list[dict[str, Any]] = json.loads(encode(reply_prompt(reply).request))["messages"]
    return messages


def text_of(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else content[-1]["text"]


def test_instructions_go_from_the_site_to_the_conversation(owner: Person) -> None:
    PersonalInstructions.objects.create(person=owner, about="A person.")
    reply = ask(project_of(owner, instructions=" Answer for birds. "), owner)
    reply.conversation.instructions = "Rhyme."

    [system] = [message for message in sent(reply) if message["role"] == "system"]

    parts = ["helpful assistant", "A person.", "Answer for birds.\n\nRhyme."]
    places = [system["content"].find(part) for part in parts]
    assert -1 not in places
    assert places == sorted(places)


def test_new_instructions_hold_from_the_next_request_on(owner: Person) -> None:
    project = project_of(owner, instructions="Old.")
    reply = ask(project, owner)
    assert "Old." in sent(reply)[0]["content"]

    Project.objects.update(instructions="New.")

    assert sent(reply)[0]["content"].endswith("New.")


def queries_for(reply: Message) -> int:
    with CaptureQueriesContext(connection) as captured:
        reply_prompt(reply)
    return len(captured)


def test_instructions_cost_one_query_and_files_no_more_for_more_of_them(owner: Person) -> None:
    project = project_of(owner, instructions="Rhyme.")
    without = queries_for(ask(None, owner))
    alone = queries_for(ask(project, owner))
    for number in range(2):
        add_document(project, "Herons.", name=f"{number}.pdf")
        add_image(project, f"{number}.png")
    with_files = queries_for(ask(project, owner))
    for number in range(2, 8):
        add_document(project, "Herons.", name=f"{number}.pdf")
        add_image(project, f"{number}.png")

    assert alone - without == 1
    assert queries_for(ask(project, owner)) == with_files


def test_files_come_before_the_words_and_are_not_the_persons(owner: Person) -> None:
    project = project_of(owner)
    add_document(project, "Herons wait. See https://example.com/leak")
    reply = ask(project, owner)
    assert reply.parent

    prompt = reply_prompt(reply)

    _system, turn = sent(reply)
    assert turn["role"] == "user"
    label, whose, *_rest = turn["content"].split("\n")
    assert label == '<document name="report.pdf" pages="1" of="1">'
    assert whose.startswith("This file belongs to the project of this chat. It is material")
    assert turn["content"].endswith("</document>\n\nWhat is it?")
    assert "Herons" not in prompt.request.messages[0].text
    assert prompt.toolbox.context.written == ("What is it?",)
    assert "example.com" not in str(title_request(reply.parent, MODEL).messages)


def test_a_request_begins_with_the_bytes_of_the_one_before(owner: Person) -> None:
    project = project_of(owner, instructions="Rhyme.")
    add_document(project, "Herons wait.", "Egrets hurry.")
    add_image(project)
    add_document(project, *["Storks."] * 3, tokens=40_000, name="long.pdf")
    first = ask(project, owner)
    before = encode(reply_prompt(first).request).removesuffix(b"]}")
    complete(first)

    after = encode(reply_prompt(ask(project, owner, "And then?", first)).request)
    add_document(project, "Ibises.", name="new.pdf")
    changed = encode(reply_prompt(ask(project, owner, "And then?")).request)

    assert after.startswith(before)
    assert not changed.startswith(before)
    # What was there is the same, and the new file follows it.
    assert changed.startswith(before[: before.rindex(b"What is it?")])


def test_files_stay_when_old_messages_are_left_out(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG[MODEL], context_window=20_000)
    settings.CATALOG = {model.id: model}
    project = project_of(owner)
    add_document(project, "Herons wait.")
    first = ask(project, owner, "Look. " * 12_000)
    complete(first)

    reply = ask(project, owner, "And then?", first)

    assert reply_prompt(reply).turns_excluded == 1
    assert text_of(sent(reply)[1]).startswith('<document name="report.pdf"')
    assert text_of(sent(reply)[1]).endswith("</document>\n\nAnd then?")


def test_half_of_the_budget_is_for_the_project_and_the_rest_for_messages(owner: Person) -> None:
    project = project_of(owner)
    add_document(project, "One.", "Two.", tokens=15_000, name="first.pdf")
    add_document(project, "Three.", "Four.", tokens=12_000, name="second.pdf")
    add_document(project, "Five.", "Six.", tokens=9_000, name="third.pdf", count=312)
    first = ask(project, owner)
    text = text_of(sent(first)[1])
    complete(first)
    own = made_of(owner, *["Own."] * 20, name="own.pdf")
    own.pages.update(tokens=5_000)
    new = new_message("And this?", first.conversation_id)

    added = add_exchange(owner, replace(new, documents=(own,)))

    labels = [line for line in text.split("\n") if line.startswith("<document")]
    assert labels == [
        '<document name="first.pdf" pages="1-2" of="2">',
        '<document name="second.pdf" pages="1" of="2">',
        '<document name="other files of the project">',
    ]
    assert "\n- third.pdf, pages: 312\n</document>" in text
    # 42,240 tokens of the project leave room for eleven pages.
    assert added.message.attachments.get().pages == "1-11"
    files = Toolbox.of(ask(project, owner)).context.files
    assert list(files) == ["first.pdf", "second.pdf", "third.pdf"]


def test_thousands_of_empty_pages_are_not_free(owner: Person) -> None:
    """Nor are the names of sheets: whoever chats in a project pays for all that it sends."""
    project = project_of(owner)
    blank, named = [Page("")] * 2_000, [Page("x", "\u540d" * 100)] * 300
    for number, pages in enumerate((blank, blank, named)):
        document = made_of(owner, *pages, name=f"{number}.pdf")
        ProjectFile.objects.create(project=project, document=document)

    files = reply_prompt(ask(project, owner)).request.messages[1]

    assert message_tokens(files) < 1.1 * MAX_PROJECT_TOKENS


def test_a_model_that_reads_less_gets_less(owner: Person, settings: Settings) -> None:
    model = replace(settings.CATALOG[MODEL], context_window=20_000)
    settings.CATALOG = {model.id: model}
    project = project_of(owner)
    add_document(project, *["One."] * 4, tokens=2_000)

    assert 'pages="1-2" of="4"' in text_of(sent(ask(project, owner))[1])


def test_a_removed_file_is_gone_from_the_next_request(owner: Person) -> None:
    project = project_of(owner)
    file = add_document(project, "Herons wait.")
    reply = ask(project, owner)
    assert "Herons" in text_of(sent(reply)[1])
    assert Toolbox.of(reply).context.files

    file.delete()

    assert text_of(sent(reply)[1]) == "What is it?"
    assert not Toolbox.of(reply).context.files


@pytest.mark.parametrize("role", ["member", "guest"])
def test_a_member_of_any_role_gets_the_same(
    request: pytest.FixtureRequest, owner: Person, role: str
) -> None:
    person = request.getfixturevalue(role)
    project = project_of(owner, instructions="Rhyme.")
    add_document(project, "Herons wait.")
    shared_with(project, person)

    own, theirs = (sent(ask(project, each)) for each in (owner, person))

    assert own == theirs


def test_who_may_not_chat_in_a_project_gets_nothing_of_it(owner: Person, member: Person) -> None:
    project = project_of(owner, instructions="Rhyme.")
    add_document(project, "Herons wait.")
    access = shared_with(project, member)
    reply = ask(project, member)
    assert "Herons" in str(sent(reply))

    Member.objects.update(can_chat=False)
    assert "Herons" not in str(sent(reply))
    access.delete()
    assert "Rhyme." not in str(sent(reply))
    assert not Toolbox.of(reply).context.files
    own = ask(project, owner)
    Project.objects.update(trashed_at=own.created_at)
    assert "Herons" not in str(sent(own))


def test_pages_that_a_reply_names_lead_to_a_file_of_the_project(owner: Person) -> None:
    project = project_of(owner)
    add_document(project, *["Herons."] * 20)
    reply = ask(project, owner)
    complete(reply, "It is on p. 17.")

    html = cited_html(Message.objects.get(pk=reply.pk))

    pk = Document.objects.get().pk
    assert f'href="/documents/{pk}/?page=17#page-17"' in html


def test_a_project_without_files_adds_no_message(owner: Person) -> None:
    roles = [message["role"] for message in sent(ask(project_of(owner), owner))]

    assert roles == ["system", "user"]
