"""Versions of messages: all are kept, one is shown, and switching shows it as it was left."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations import news
from chatapp.conversations.history import first_hidden, message_page
from chatapp.conversations.models import (
    AwaitsApproval,
    ClientIdUsed,
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    Exchange,
    Message,
    NewVersion,
    ReplyRunning,
    add_exchange,
    branch_off,
    deletion,
    versions,
)
from tests.support.replies import MODEL, complete, new_message


def again(**values: object) -> NewVersion:
    return NewVersion(**{"client_id": uuid.uuid4(), "model": MODEL, **values})  # type: ignore[arg-type]


def regenerated(reply: Message, text: str) -> Message:
    new, _created = reply.regenerate(again())
    complete(new, text)
    return new


def followed(exchange: Exchange, text: str) -> Exchange:
    added = add_exchange(exchange.conversation.owner, new_message(text, exchange.conversation.pk))
    complete(added.reply, f"To {text}")
    return added


def edited(exchange: Exchange, text: str) -> Exchange:
    new = new_message(text, exchange.conversation.pk)
    added = add_exchange(exchange.conversation.owner, replace(new, replaces=exchange.message.pk))
    complete(added.reply, f"To {text}")
    return added


def texts(conversation: Conversation) -> list[str]:
    return [message.text for message in conversation.branch]


def test_a_reply_in_the_middle_gets_a_version_that_ends_the_branch(exchange: Exchange) -> None:
    followed(exchange, "Second")

    new = regenerated(exchange.reply, "Another")

    assert texts(exchange.conversation) == ["Hello", "Another"]
    assert (new.parent, new.position) == (exchange.message, 1)
    assert Message.objects.count() == 5


def test_a_branch_is_shown_again_as_it_was_left(exchange: Exchange) -> None:
    second = followed(exchange, "Second")
    edited(second, "Second, differently")
    regenerated(exchange.reply, "Another")

    assert exchange.reply.show()
    assert texts(exchange.conversation) == [
        "Hello",
        "A reply.",
        "Second, differently",
        "To Second, differently",
    ]
    assert second.reply.show()  # below a version that isn't the last one
    assert texts(exchange.conversation)[2:] == ["Second", "To Second"]
    assert not second.reply.show()
    assert not second.message.show()


def test_a_message_that_is_edited_becomes_a_version_beside_the_old_one(exchange: Exchange) -> None:
    new = edited(exchange, "Good evening")

    assert texts(exchange.conversation) == ["Good evening", "To Good evening"]
    assert (new.message.position, new.message.parent) == (0, None)
    assert exchange.message.show()
    assert texts(exchange.conversation) == ["Hello", "A reply."]


def test_versions_are_numbered_in_the_order_of_their_making(exchange: Exchange) -> None:
    second = regenerated(exchange.reply, "Second")
    third = regenerated(second, "Third")
    second.show()

    [_message, shown] = message_page(exchange.conversation).messages
    assert shown.versions == versions.Versions(2, 3, exchange.reply.pk, third.pk)


def test_a_conversation_without_versions_costs_no_further_query(exchange: Exchange) -> None:
    messages = list(exchange.conversation.branch)
    with CaptureQueriesContext(connection) as captured:
        versions.load(messages)
    assert len(captured) == 0

    regenerated(exchange.reply, "Another")
    messages = list(exchange.conversation.branch)
    with CaptureQueriesContext(connection) as captured:
        versions.load(messages)
    assert len(captured) == 1


def test_one_client_id_is_one_version(exchange: Exchange) -> None:
    wanted = again()
    first, second = exchange.reply.regenerate(wanted), exchange.reply.regenerate(wanted)

    assert (first[0], second[0]) == (second[0], first[0])
    assert (first[1], second[1]) == (True, False)
    with pytest.raises(ClientIdUsed):
        exchange.reply.regenerate(replace(wanted, variation="shorter"))


def test_a_page_that_misses_messages_regenerates_nothing(exchange: Exchange) -> None:
    followed(exchange, "Second")
    with pytest.raises(ConversationContinued):
        exchange.reply.regenerate(again(head=exchange.reply.pk))

    regenerated(exchange.reply, "Another")
    with pytest.raises(ConversationContinued):  # it isn't shown any more
        exchange.reply.regenerate(again())


def test_an_edit_of_a_message_that_isnt_shown_adds_nothing(exchange: Exchange) -> None:
    edited(exchange, "Other tab")
    with pytest.raises(ConversationContinued):
        edited(exchange, "This tab")
    assert Message.objects.count() == 4


@pytest.mark.parametrize(
    ("status", "refused"), [("streaming", ReplyRunning), ("waiting", AwaitsApproval)]
)
def test_a_reply_must_end_or_be_stopped_first(
    exchange: Exchange, running_after: Exchange, status: str, refused: type[Exception]
) -> None:
    Message.objects.filter(pk=running_after.reply.pk).update(status=status)

    with pytest.raises(refused):
        exchange.reply.regenerate(again())
    with pytest.raises(refused):
        edited(exchange, "Other")

    Message.objects.filter(pk=running_after.reply.pk).update(
        status="streaming", stop_requested_at=timezone.now()
    )
    assert regenerated(exchange.reply, "Another").on_branch


@pytest.fixture
def running_after(exchange: Exchange) -> Exchange:
    """Add a second exchange, whose reply is queued."""
    second = new_message("And?", exchange.conversation.pk)
    return add_exchange(exchange.conversation.owner, second)


@pytest.mark.parametrize("is_removed", [False, True])
def test_a_deleted_conversation_changes_no_more(exchange: Exchange, is_removed: bool) -> None:
    deletion.delete(exchange.conversation)
    while is_removed and deletion.remove_batch(exchange.conversation.pk):
        pass

    with pytest.raises(ConversationDeleted):
        exchange.reply.regenerate(again())
    with pytest.raises(ConversationDeleted):
        edited(exchange, "Other")
    with pytest.raises(ConversationDeleted):
        branch_off(exchange.reply, uuid.uuid4())
    assert not exchange.reply.show()
    assert exchange.reply.retry() is None
    assert exchange.reply.exclude("turn") == []


def test_a_retry_keeps_the_variation(exchange: Exchange) -> None:
    short, _created = exchange.reply.regenerate(again(variation="shorter"))
    Message.objects.filter(pk=short.pk).update(status="failed")

    assert short.retry().variation == "shorter"


def test_a_retry_keeps_the_model_that_a_version_was_asked_for(exchange: Exchange) -> None:
    other, _created = exchange.reply.regenerate(again(model="claude-4-5-sonnet", thinking="high"))
    for _time in range(2):  # also a retry of the retry
        Message.objects.filter(pk=other.pk).update(status="failed")
        other = Message.objects.get(pk=other.pk).retry()
        assert (other.model, other.thinking) == ("claude-4-5-sonnet", "high")
    assert not Message.objects.get(pk=exchange.message.pk).changes

    Message.objects.filter(pk=other.pk).update(status="failed", model="retired")
    assert Message.objects.get(pk=other.pk).retry().model == MODEL


def test_a_reply_that_ends_on_a_hidden_branch_marks_its_version(
    exchange: Exchange, running_after: Exchange
) -> None:
    edit = new_message("Other", exchange.conversation.pk)
    Message.objects.filter(pk=running_after.reply.pk).update(stop_requested_at=timezone.now())
    new = add_exchange(exchange.conversation.owner, replace(edit, replaces=exchange.message.pk))
    complete(new.reply)
    complete(running_after.reply)
    hidden = Message.objects.select_related("conversation").get(pk=running_after.reply.pk)

    news.mark(hidden)

    assert Message.objects.get(pk=new.message.pk).versions.has_news
    exchange.message.show()
    assert not Message.objects.filter(has_news=True).exists()


def test_a_retry_of_an_older_release_is_shown_as_it_was(exchange: Exchange) -> None:
    """Its rows don't say when a version was shown; the newer one was."""
    old = exchange.reply
    Message.objects.filter(pk=old.pk).update(on_branch=False)
    new = Message.queued_reply(
        exchange.conversation, exchange.message, exchange.conversation.chosen
    )
    new.created_at = old.created_at + timedelta(seconds=1)
    new.save()
    complete(new, "Retried")
    edited(exchange, "Other")

    exchange.message.show()

    assert texts(exchange.conversation) == ["Hello", "Retried"]


def test_a_page_learns_from_where_on_another_branch_is_shown(exchange: Exchange) -> None:
    second = followed(exchange, "Second")
    regenerated(exchange.reply, "Another")

    assert first_hidden(exchange.conversation, second.reply.pk) == 1
    assert first_hidden(exchange.conversation, exchange.message.pk) is None
    assert first_hidden(exchange.conversation, uuid.uuid4()) == 0  # its row is gone


def test_switching_costs_the_same_queries_however_long_the_branches_are(owner: Person) -> None:
    counts = []
    for length in (4, 400):
        fork = forked(owner, length)
        with CaptureQueriesContext(connection) as captured:
            assert fork.show()
        counts.append(len(captured))
        assert fork.conversation.branch.count() == length

    assert counts[0] == counts[1] <= 9


def forked(owner: Person, length: int) -> Message:
    """Return the hidden first message of a conversation with two branches of this length."""
    conversation = Conversation.objects.create(owner=owner, model=MODEL)
    roots = []
    for is_shown in (False, True):
        parent = None
        rows = []
        for position in range(length):
            parent = Message(
                conversation=conversation,
                parent=parent,
                position=position,
                on_branch=is_shown,
                role="assistant" if position % 2 else "user",
                status="complete",
            )
            rows.append(parent)
        Message.objects.bulk_create(rows)
        roots.append(rows[0])
    hidden: Message = roots[0]
    return hidden
