"""Adding conversations of an export to a person's own."""

from typing import Any

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.images.models import Image
from chatapp.transfer.importing.adding import Added, add
from chatapp.transfer.importing.formats.conversation import File, ReadConversation
from chatapp.transfer.importing.formats.recognition import read_conversation
from tests.images.conftest import made

pytestmark = pytest.mark.django_db


def export(*messages: tuple[str, str | None, str, str], **fields: Any) -> ReadConversation:
    """Return Claude's export of messages: id, parent, sender and text of each."""
    found = read_conversation(
        {
            "uuid": "c",
            "name": "Cats",
            "updated_at": "2026-01-02T00:00:00Z",
            "chat_messages": [
                {"uuid": id_, "parent_message_uuid": parent, "sender": sender, "text": text}
                for id_, parent, sender, text in messages
            ],
            **fields,
        }
    )
    assert found
    return found


HELLO = ("a", None, "human", "Hello")
HI = ("b", "a", "assistant", "Hi")


def no_image(_file: File) -> None:
    return None


def added(person: Person, read: ReadConversation) -> Added:
    return add(person, read, no_image)


def shown(conversation: Conversation) -> list[str]:
    return [message.text or message.error for message in conversation.branch]


def test_a_conversation_keeps_its_title_date_and_place_in_the_list(owner: Person) -> None:
    found = added(owner, export(HELLO, HI)).conversation

    assert (found.title, found.active_at.year, shown(found)) == ("Cats", 2026, ["Hello", "Hi"])
    assert found.active_at < timezone.now()


def test_adding_again_adds_nothing(owner: Person) -> None:
    first = added(owner, export(HELLO, HI))
    second = added(owner, export(HELLO, HI))

    assert (first.is_new, first.messages) == (True, 2)
    assert (second.is_new, second.messages) == (False, 0)
    assert Message.objects.count() == 2


def test_a_grown_conversation_gets_what_is_new(owner: Person) -> None:
    added(owner, export(HELLO, HI))
    more, yes = ("c", "b", "human", "More"), ("d", "c", "assistant", "Yes")

    again = added(owner, export(HELLO, HI, more, yes))

    assert again.messages == 2
    assert shown(again.conversation) == ["Hello", "Hi", "More", "Yes"]


def test_what_was_written_here_since_stays_shown(owner: Person) -> None:
    conversation = added(owner, export(HELLO, HI)).conversation
    Message.objects.create(
        conversation=conversation,
        parent=conversation.branch.last(),
        position=2,
        role="user",
        status="complete",
        text="Mine",
    )

    added(owner, export(HELLO, HI, ("c", "b", "human", "Theirs")))

    assert shown(conversation) == ["Hello", "Hi", "Mine"]
    assert conversation.messages.filter(text="Theirs", on_branch=False).exists()


def test_versions_come_along_and_one_branch_is_shown(owner: Person) -> None:
    other = ("z", "a", "assistant", "Other")

    conversation = added(owner, export(HELLO, HI, other)).conversation

    assert shown(conversation) == ["Hello", "Other"]
    assert conversation.messages.filter(text="Hi", on_branch=False).exists()


def test_a_message_without_a_reply_says_so_until_the_reply_comes(owner: Person) -> None:
    conversation = added(owner, export(HELLO)).conversation
    assert shown(conversation) == ["Hello", "The export has no reply to this message."]

    added(owner, export(HELLO, HI))

    assert shown(conversation) == ["Hello", "Hi"]
    assert conversation.messages.count() == 2


def test_a_reply_at_the_beginning_gets_a_message_before_it(owner: Person) -> None:
    conversation = added(owner, export(("b", None, "assistant", "Hi"))).conversation

    assert shown(conversation) == ["(The export has no message before this reply.)", "Hi"]


def test_two_people_import_the_same_export_apart(owner: Person, member: Person) -> None:
    mine, theirs = added(owner, export(HELLO, HI)), added(member, export(HELLO, HI))

    assert mine.conversation.pk != theirs.conversation.pk
    assert [mine.is_new, theirs.is_new] == [True, True]


@pytest.mark.parametrize("mark", ["trashed_at", "deleted_at"])
def test_what_was_deleted_since_stays_deleted(owner: Person, mark: str) -> None:
    conversation = added(owner, export(HELLO, HI)).conversation
    Conversation.objects.filter(pk=conversation.pk).update(**{mark: timezone.now()})

    again = added(owner, export(HELLO, HI, ("c", "b", "human", "More")))

    assert (again.is_gone, again.messages) == (True, 0)
    assert conversation.messages.count() == 2


def test_images_are_attached_and_other_files_are_named(owner: Person) -> None:
    image = Image.objects.store(owner, made())
    files = [{"file_name": "cat.png"}, {"file_name": "gone.pdf"}]
    notes = [{"file_name": "notes.txt", "extracted_content": "Buy ``` milk"}]
    message = {"uuid": "a", "sender": "human", "text": "Look", "files": files, "attachments": notes}
    read = export(chat_messages=[message])

    conversation = add(
        owner, read, lambda file: image if file.name == "cat.png" else None
    ).conversation

    [first, _reply] = conversation.branch
    assert [attachment.image for attachment in first.attachments.all()] == [image]
    assert "notes.txt" in first.text
    assert "````\nBuy ``` milk\n````" in first.text
    assert "Not imported: gone.pdf" in first.text
    assert first.is_plain is False


def test_tool_calls_are_shown_and_never_sent(owner: Person) -> None:
    call = {"type": "tool_use", "name": "visualize:show", "input": {"a": 1}}
    result = {"type": "tool_result", "content": "Done"}
    reply = {"uuid": "b", "sender": "assistant", "content": [call, result]}
    conversation = added(
        owner, export(chat_messages=[{"uuid": "a", "sender": "human", "text": "Draw"}, reply])
    ).conversation

    [_first, row] = conversation.branch
    [shown_call] = row.tool_calls.all()
    assert (shown_call.name, shown_call.result) == ("visualize_show", "Done")
    assert row.is_plain is True


def test_a_chain_of_2_000_messages_is_added(owner: Person) -> None:
    chain = [
        (str(number), str(number - 1) if number else None, ("human", "assistant")[number % 2], "x")
        for number in range(2_000)
    ]

    assert added(owner, export(*chain)).messages == 2_000


def test_an_export_that_moved_messages_leaves_the_branch_as_it_is(owner: Person) -> None:
    added(owner, export(HELLO, HI))

    new = ("n", None, "human", "New")
    reply = ("m", "n", "assistant", "Newer")
    moved = ("a", "m", "human", "Hello")
    found = added(owner, export(new, reply, moved, HI)).conversation
    assert shown(found) == ["Hello", "Hi"]
    assert found.messages.count() == 4
