"""A message is added only under the last message that its page shows."""

import threading
import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    Exchange,
    Message,
    NewMessage,
    ReplyRunning,
    add_exchange,
)
from tests.support.replies import complete, new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]
JSON = {"accept": "application/json"}


def under(parent: uuid.UUID | None, conversation: uuid.UUID | None = None) -> NewMessage:
    """Return a message from a page whose last message is `parent`."""
    return replace(new_message("And?", conversation), parent=parent, names_parent=True)


def test_a_message_follows_the_last_message_of_its_page(owner: Person, exchange: Exchange) -> None:
    added = add_exchange(owner, under(exchange.reply.pk, exchange.conversation.pk))

    assert added.created
    assert added.message.parent == exchange.reply


@pytest.mark.parametrize("shows", ["nothing", "the first reply", "a message elsewhere"])
def test_a_stale_page_adds_no_message(owner: Person, exchange: Exchange, shows: str) -> None:
    later = add_exchange(owner, new_message("From elsewhere", exchange.conversation.pk))
    complete(later.reply)
    elsewhere = add_exchange(owner, new_message()).message.pk
    parent = {"nothing": None, "the first reply": exchange.reply.pk}.get(shows, elsewhere)
    before = Conversation.objects.values_list("active_at").get(pk=exchange.conversation.pk)

    with pytest.raises(ConversationContinued):
        add_exchange(owner, under(parent, exchange.conversation.pk))

    assert exchange.conversation.messages.count() == 4
    assert Conversation.objects.values_list("active_at").get(pk=exchange.conversation.pk) == before


def test_a_message_that_began_its_conversation_is_added_once(owner: Person) -> None:
    first = replace(new_message(), names_parent=True)

    sent, again = add_exchange(owner, first), add_exchange(owner, first)

    assert (sent.created, again.created) == (True, False)
    assert again.message == sent.message


def test_an_empty_page_begins_no_conversation_that_exists(
    owner: Person, member: Person, exchange: Exchange
) -> None:
    conversation = exchange.conversation
    with pytest.raises(Conversation.DoesNotExist):
        add_exchange(member, under(None, conversation.pk))

    Conversation.objects.filter(pk=conversation.pk).update(deleted_at=timezone.now())
    with pytest.raises(ConversationDeleted):
        add_exchange(owner, under(None, conversation.pk))


def test_a_page_that_misses_a_retry_is_stale(owner: Person, running: Exchange) -> None:
    running.reply.close(Message.Status.FAILED, "It broke.")
    new = running.reply.retry()
    complete(new)

    with pytest.raises(ConversationContinued):
        add_exchange(owner, under(running.reply.pk, running.conversation.pk))

    assert add_exchange(owner, under(new.pk, running.conversation.pk)).created


def test_a_page_that_shows_a_running_reply_is_not_stale(owner: Person, running: Exchange) -> None:
    with pytest.raises(ReplyRunning):
        add_exchange(owner, under(running.reply.pk, running.conversation.pk))


def test_a_page_that_misses_a_running_reply_is_stale(owner: Person, exchange: Exchange) -> None:
    add_exchange(owner, new_message("From elsewhere", exchange.conversation.pk))

    with pytest.raises(ConversationContinued):
        add_exchange(owner, under(exchange.reply.pk, exchange.conversation.pk))


def test_a_repeated_send_is_answered_even_from_a_stale_page(
    owner: Person, exchange: Exchange
) -> None:
    new = under(exchange.reply.pk, exchange.conversation.pk)
    first = add_exchange(owner, new)
    complete(first.reply)
    complete(add_exchange(owner, new_message("Further", exchange.conversation.pk)).reply)

    again = add_exchange(owner, new)

    assert (again.created, again.message, again.reply) == (False, first.message, first.reply)


def test_a_send_does_not_restore_a_deleted_conversation(owner: Person, exchange: Exchange) -> None:
    parent, conversation = exchange.reply.pk, exchange.conversation.pk
    exchange.conversation.delete()

    with pytest.raises(ConversationDeleted):
        add_exchange(owner, under(parent, conversation))

    assert not Conversation.objects.exists()


def test_a_conversation_of_another_person_does_not_exist_for_any_parent(
    member: Person, exchange: Exchange
) -> None:
    for parent in (None, exchange.reply.pk):
        with pytest.raises(Conversation.DoesNotExist):
            add_exchange(member, under(parent, exchange.conversation.pk))


@pytest.mark.parametrize("same_client_id", [True, False])
@pytest.mark.parametrize("begins", [True, False])
def test_only_one_of_concurrent_sends_under_one_message_is_added(
    owner: Person, exchange: Exchange, same_client_id: bool, begins: bool
) -> None:
    first = under(None) if begins else under(exchange.reply.pk, exchange.conversation.pk)
    second = first if same_client_id else replace(first, client_id=uuid.uuid4())
    start, outcomes = threading.Barrier(2), []

    def send(new: NewMessage) -> None:
        start.wait()
        try:
            outcomes.append(add_exchange(owner, new).created)
        except ConversationContinued:
            outcomes.append("moved on")
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=(new,)) for new in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outcomes.count(True) == 1
    assert outcomes.count(False if same_client_id else "moved on") == 1
    assert Message.objects.count() == 4


def send(client: Client, conversation: Any, **fields: Any) -> Any:
    fields = {"client_id": uuid.uuid4(), "text": "My next question", **fields}
    return client.post(f"/c/{conversation}/messages", fields, headers=JSON)


def test_a_stale_page_gets_409_with_a_reason(owner_client: Client, exchange: Exchange) -> None:
    response = send(owner_client, exchange.conversation.pk, parent="")

    assert response.status_code == 409
    assert response.json()["moved"] is True
    assert "continued in another tab" in response.json()["error"]


def test_a_page_of_an_earlier_release_sends_no_parent(
    owner_client: Client, exchange: Exchange
) -> None:
    assert send(owner_client, exchange.conversation.pk).status_code == 201


def test_an_invalid_parent_is_refused(owner_client: Client, exchange: Exchange) -> None:
    assert send(owner_client, exchange.conversation.pk, parent="last").status_code == 422


def test_refusals_that_the_page_can_handle_have_a_reason(
    owner_client: Client, running: Exchange
) -> None:
    place, reply = running.conversation.pk, running.reply.pk
    client_id = running.message.client_id

    assert send(owner_client, place, parent=reply).json()["running"] is True
    assert (
        send(owner_client, place, parent=reply, client_id=client_id).json()["already_sent"] is True
    )


def test_a_deleted_conversation_is_reported(owner_client: Client, exchange: Exchange) -> None:
    parent, conversation = exchange.reply.pk, exchange.conversation.pk
    exchange.conversation.delete()

    response = send(owner_client, conversation, parent=parent)

    assert response.status_code == 410
    assert response.json()["gone"] is True
    assert not Conversation.objects.exists()


def test_an_answer_names_the_reply_that_the_next_message_follows(
    owner_client: Client, exchange: Exchange
) -> None:
    body = send(owner_client, exchange.conversation.pk, parent=exchange.reply.pk).json()

    assert body["reply"] == str(Message.objects.running().get().pk)


def test_without_scripts_a_stale_page_shows_the_new_messages(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    later = add_exchange(owner, new_message("From elsewhere", exchange.conversation.pk))
    complete(later.reply)
    fields = {"client_id": uuid.uuid4(), "text": "My next question", "parent": exchange.reply.pk}
    path = f"/c/{exchange.conversation.pk}/messages"

    response = owner_client.post(path, fields)

    page = response.content.decode()
    assert response.status_code == 409
    assert "continued in another tab" in page
    assert "From elsewhere" in page
    assert "My next question" in page
    assert f'name="parent" value="{later.reply.pk}"' in page
    again = owner_client.post(path, {**fields, "parent": later.reply.pk})
    assert again.status_code == 303


def test_a_page_of_older_messages_still_sends_under_the_last_one(
    owner_client: Client, exchange: Exchange
) -> None:
    page = owner_client.get(f"/c/{exchange.conversation.pk}/messages?before=1").content.decode()

    assert f'name="parent" value="{exchange.reply.pk}"' in page
