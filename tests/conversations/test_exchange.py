"""Adding an exchange to the database: one message for each client id, under the last reply."""

import uuid
from dataclasses import replace
from itertools import pairwise

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    ClientIdUsed,
    Conversation,
    Exchange,
    Message,
    ReplyRunning,
    add_exchange,
)
from tests.support.replies import new_message


def test_the_first_send_makes_the_conversation(owner: Person) -> None:
    new = new_message("What is a heron?")

    added = add_exchange(owner, new)

    assert added.created
    assert added.conversation.pk == new.conversation_id
    assert added.conversation.display_title == "What is a heron?"
    assert [(m.position, m.role, m.status) for m in added.conversation.branch] == [
        (0, "user", "complete"),
        (1, "assistant", "queued"),
    ]
    assert added.reply.parent == added.message


def test_the_next_message_follows_the_last_reply(owner: Person, exchange: Exchange) -> None:
    added = add_exchange(owner, new_message("And?", exchange.conversation.pk))

    assert added.message.parent == exchange.reply
    assert added.message.position == 2


def test_one_client_id_is_one_message(owner: Person) -> None:
    new = new_message()

    first, second = add_exchange(owner, new), add_exchange(owner, new)

    assert first.created
    assert not second.created
    assert first.message == second.message
    assert first.reply == second.reply
    assert Message.objects.count() == 2


def test_one_client_id_is_one_message_also_in_another_conversation(owner: Person) -> None:
    new = new_message()
    first = add_exchange(owner, new)

    second = add_exchange(owner, replace(new, conversation_id=uuid.uuid4()))

    assert second.conversation == first.conversation
    assert Conversation.objects.count() == 1


def test_one_client_id_with_another_text_is_refused(owner: Person) -> None:
    new = new_message("First")
    add_exchange(owner, new)

    with pytest.raises(ClientIdUsed):
        add_exchange(owner, replace(new, text="Second"))

    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("a " * 50, "a " * 29 + "a…"),
        ("鷺" * 100, "鷺" * 60 + "…"),
        ("  short\n\nand simple ", "short and simple"),
        ("", "New chat"),
    ],
)
def test_the_first_words_are_shown_until_there_is_a_title(
    owner: Person, text: str, title: str
) -> None:
    assert add_exchange(owner, new_message(text)).conversation.display_title == title


def test_two_people_may_have_the_same_client_id(owner: Person, member: Person) -> None:
    new = new_message()

    add_exchange(owner, new)
    other = add_exchange(member, replace(new, conversation_id=uuid.uuid4()))

    assert other.created


def test_nothing_is_sent_while_a_reply_runs(owner: Person, running: Exchange) -> None:
    with pytest.raises(ReplyRunning):
        add_exchange(owner, new_message("Wait", running.conversation.pk))

    assert Message.objects.count() == 2


def test_a_conversation_of_another_person_does_not_exist(
    member: Person, exchange: Exchange
) -> None:
    with pytest.raises(Conversation.DoesNotExist):
        add_exchange(member, new_message("Mine?", exchange.conversation.pk))

    assert Message.objects.count() == 2


def test_a_retry_replaces_the_failed_reply(owner: Person, running: Exchange) -> None:
    Message.objects.running().update(status="failed", error="The server was restarted.")
    failed = Message.objects.get(pk=running.reply.pk)

    new = failed.retry()

    assert new.pk != failed.pk
    assert (new.parent, new.position) == (running.message, 1)
    assert list(running.conversation.branch) == [running.message, new]
    assert failed.retry() == new


def test_a_reply_with_later_messages_is_not_retried(owner: Person, running: Exchange) -> None:
    Message.objects.running().update(status="failed", error="The server was restarted.")
    add_exchange(owner, new_message("Never mind", running.conversation.pk))

    assert Message.objects.get(pk=running.reply.pk).retry() is None
    assert running.conversation.branch.count() == 4


def test_a_retry_uses_a_model_that_is_still_offered(owner: Person, running: Exchange) -> None:
    Conversation.objects.update(model="retired")
    Message.objects.running().update(status="failed", error="The model is gone.")

    assert Message.objects.get(pk=running.reply.pk).retry().model == "claude-sonnet-4-6"


def test_a_retry_by_another_model_is_shown_above_its_message(
    owner: Person, exchange: Exchange
) -> None:
    later = add_exchange(owner, new_message("And?", exchange.conversation.pk))
    Message.objects.running().update(status="failed", error="It broke.")
    Conversation.objects.update(model="claude-4-5-sonnet")

    assert Message.objects.get(pk=later.reply.pk).retry()

    later.message.refresh_from_db()
    assert later.message.changes == {"model": "claude-4-5-sonnet"}


def test_a_complete_reply_is_not_retried(exchange: Exchange) -> None:
    assert exchange.reply.retry() is None


def test_a_typed_title_is_not_replaced(exchange: Exchange) -> None:
    conversation = exchange.conversation
    assert conversation.suggest_title("By the model")
    conversation.rename("  By \n hand ")

    assert not conversation.suggest_title("Again by the model")
    conversation.refresh_from_db()
    assert conversation.title == "By hand"


def test_a_very_long_conversation_can_be_deleted(owner: Person) -> None:
    conversation = Conversation.objects.create(owner=owner, model="m")
    messages = [
        Message(conversation=conversation, position=n, role="user", status="complete")
        for n in range(3_000)
    ]
    for parent, child in pairwise(messages):
        child.parent = parent
    Message.objects.bulk_create(messages)

    conversation.delete()

    assert not Message.objects.exists()
