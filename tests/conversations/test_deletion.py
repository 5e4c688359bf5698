"""Deleting a conversation: nobody finds it any more, and its rows go later, in small batches."""

import asyncio
import uuid
from collections.abc import Iterator
from itertools import pairwise
from unittest.mock import Mock, patch

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events, removal
from chatapp.conversations.models import (
    Conversation,
    ConversationDeleted,
    Draft,
    DraftContent,
    Exchange,
    Message,
    NewVersion,
    ToolCall,
    ToolCallImage,
    add_exchange,
    deletion,
)
from chatapp.images.models import Image
from chatapp.images.shown_image import ShownImage
from chatapp.replies import remote, titles
from tests.images.conftest import made
from tests.support.replies import MODEL, complete, ended, new_message

URLS = ("/c/{c}/", "/c/{c}/messages", "/c/{c}/draft", "/c/{c}/replies/{r}/state")


@pytest.fixture
def deleted(exchange: Exchange) -> Exchange:
    deletion.delete(exchange.conversation)
    return exchange


@pytest.fixture
def published() -> Iterator[list[str]]:
    """The kinds of the events that were published."""
    kinds: list[str] = []
    with patch.object(events, "publish", lambda _person, kind, **_fields: kinds.append(kind)):
        yield kinds


def long_conversation(owner: Person, count: int) -> Conversation:
    conversation = Conversation.objects.create(owner=owner, model="m")
    messages = [
        Message(
            conversation=conversation,
            position=position,
            role="assistant" if position % 2 else "user",
            status="complete",
            text="word",
        )
        for position in range(count)
    ]
    for parent, child in pairwise(messages):
        child.parent = parent
    Message.objects.bulk_create(messages)
    return conversation


def remove_all(conversation: Conversation) -> int:
    """Remove everything and return the number of batches."""
    batches = 1
    while deletion.remove_batch(conversation.pk):
        batches += 1
    return batches


@pytest.mark.parametrize("url", URLS)
def test_a_deleted_conversation_is_not_found(
    owner_client: Client, deleted: Exchange, url: str
) -> None:
    path = url.format(c=deleted.conversation.pk, r=deleted.reply.pk)

    assert owner_client.get(path, headers={"accept": "application/json"}).status_code == 404
    assert str(deleted.conversation.pk) not in owner_client.get("/").text


def test_images_of_a_deleted_conversation_are_not_found(
    owner: Person, member: Person, member_client: Client, exchange: Exchange
) -> None:
    """They may be somebody else's uploads, which this conversation alone shows to its owner."""
    Conversation.objects.update(owner=member)
    image = Image.objects.store(owner, made())
    exchange.message.attachments.create(position=0, image=image)
    assert member_client.get(f"/images/{image.pk}/").status_code == 200

    deletion.delete(exchange.conversation)

    assert member_client.get(f"/images/{image.pk}/").status_code == 404


def test_nothing_is_added_to_a_deleted_conversation(owner: Person, deleted: Exchange) -> None:
    conversation = deleted.conversation
    draft = DraftContent(uuid.uuid4(), "A draft", uuid.uuid4(), 1)

    with pytest.raises(ConversationDeleted):
        add_exchange(owner, new_message("More", conversation.pk))
    with pytest.raises(Conversation.DoesNotExist):
        Draft.objects.store(owner, conversation, draft)

    assert Message.objects.count() == 2


def test_a_message_of_a_deleted_conversation_is_not_sent_again(owner: Person) -> None:
    new = new_message()
    deletion.delete(add_exchange(owner, new).conversation)

    with pytest.raises(ConversationDeleted):
        add_exchange(owner, new)


@pytest.mark.parametrize("status", ["queued", "streaming", "waiting"])
def test_deleting_ends_an_unfinished_reply(running: Exchange, status: str) -> None:
    Message.objects.filter(pk=running.reply.pk).update(status=status)

    assert deletion.delete(running.conversation) == [running.reply.pk]

    running.reply.refresh_from_db()
    assert running.reply.status == "stopped"
    assert not Message.objects.lost().exists()
    assert deletion.delete(running.conversation) == []


def test_deleting_ends_a_reply_that_runs_on_a_hidden_branch(exchange: Exchange) -> None:
    running, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    running.begin()
    assert exchange.reply.show()

    assert deletion.delete(exchange.conversation) == [running.pk]

    running.refresh_from_db()
    assert (running.status, running.leased_until) == ("stopped", None)


def test_what_its_reply_still_does_is_not_announced(
    running: Exchange, published: list[str], owner: Person
) -> None:
    reply = running.reply
    reply.begin()
    deletion.delete(running.conversation)

    complete(reply)
    titles._save(running.conversation, "A title", Mock())
    assert remote._find({owner.pk}) == {}

    reply.refresh_from_db()
    assert (reply.text, reply.status, published) == ("", "stopped", [])


def test_a_reply_of_a_deleted_conversation_is_not_made_again(running: Exchange) -> None:
    running.reply.begin()
    deletion.delete(running.conversation)
    running.reply.refresh_from_db()

    assert running.reply.retry() is None
    assert not running.reply.resume()
    assert running.reply.exclude("turn") == []


def test_removing_takes_everything_that_belongs_to_it(owner: Person, exchange: Exchange) -> None:
    other = add_exchange(owner, new_message("Another conversation"))
    conversation, image = exchange.conversation, Image.objects.store(owner, made())
    exchange.message.attachments.create(position=0, image=image)
    call = ToolCall.objects.create(
        reply=exchange.reply, round=0, index=0, text_length=0, call_id="1", name="n", state="done"
    )
    ToolCallImage.objects.create(tool_call=call, position=0, image=image)
    draft = DraftContent(uuid.uuid4(), "A draft", uuid.uuid4(), 1, (ShownImage(image),))
    Draft.objects.store(owner, conversation, draft)
    Message.objects.filter(pk=exchange.reply.pk).update(status="failed")
    assert Message.objects.get(pk=exchange.reply.pk).retry()

    deletion.delete(conversation)
    remove_all(conversation)

    assert Conversation.objects.get() == other.conversation
    assert Message.objects.count() == 2
    assert not Draft.objects.exists()
    assert not ToolCall.objects.exists()
    assert not image.attachments.exists()


def test_a_batch_costs_the_same_however_long_the_conversation_is(owner: Person) -> None:
    counts = []
    for count in (2 * deletion.BATCH, 20 * deletion.BATCH):
        conversation = long_conversation(owner, count)
        deletion.delete(conversation)
        with CaptureQueriesContext(connection) as captured:
            assert deletion.remove_batch(conversation.pk)
        assert Message.objects.filter(conversation=conversation).count() == count - deletion.BATCH
        counts.append(len(captured))
        assert remove_all(conversation) == count // deletion.BATCH

    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("on_branch", [True, False])
def test_the_messages_of_a_batch_are_found_by_an_index(owner: Person, on_branch: bool) -> None:
    conversation = long_conversation(owner, 2)
    rows = Message.objects.filter(conversation=conversation, on_branch=on_branch)

    plan = deletion._places(rows.order_by("-position")).explain()

    if connection.vendor == "sqlite":
        assert ("one_message_per_position" if on_branch else "messages_off_branch") in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.django_db(transaction=True)
async def test_removal_continues_after_a_restart(owner: Person) -> None:
    def interrupt() -> None:
        conversation = long_conversation(owner, 3 * deletion.BATCH)
        deletion.delete(conversation)
        assert deletion.remove_batch(conversation.pk)

    await background.in_thread(interrupt)

    removal.start()
    await ended([removal.TASK])

    assert not await Conversation.objects.aexists()


@pytest.mark.django_db(transaction=True)
async def test_several_processes_may_remove_one_conversation(owner: Person) -> None:
    conversation = await background.in_thread(long_conversation, owner, 6 * deletion.BATCH)
    await background.in_thread(deletion.delete, conversation)

    async def remove() -> None:
        while await Conversation.objects.filter(pk=conversation.pk).aexists():
            await background.in_thread(deletion.remove_batch, conversation.pk)

    await asyncio.gather(remove(), remove(), remove())

    assert not await Message.objects.aexists()


@pytest.mark.django_db(transaction=True)
async def test_a_conversation_that_can_not_be_removed_holds_up_no_other(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    first = await background.in_thread(long_conversation, owner, 2)
    second = await background.in_thread(long_conversation, owner, 2)
    for conversation in (first, second):
        await background.in_thread(deletion.delete, conversation)
    remove_batch = deletion.remove_batch

    def fail_at_first(conversation_id: uuid.UUID) -> bool:
        if conversation_id == first.pk:
            raise IntegrityError
        return remove_batch(conversation_id)

    with patch.object(deletion, "remove_batch", fail_at_first):
        removal.start()
        await ended([removal.TASK])

    assert [one.pk async for one in Conversation.objects.all()] == [first.pk]
    assert "could not be removed" in caplog.text
    caplog.clear()


@pytest.mark.django_db(transaction=True)
async def test_a_deletion_during_the_last_batch_is_not_forgotten(owner: Person) -> None:
    first = await background.in_thread(long_conversation, owner, 2)
    second = await background.in_thread(long_conversation, owner, 2)
    await background.in_thread(deletion.delete, first)
    remove_batch = deletion.remove_batch

    def delete_another(conversation_id: uuid.UUID) -> bool:
        has_more = remove_batch(conversation_id)
        deletion.delete(second)
        removal._is_wanted = True
        return has_more

    with patch.object(deletion, "remove_batch", delete_another):
        removal.start()
        await ended([removal.TASK])

    assert not await Conversation.objects.aexists()


@pytest.mark.parametrize("is_removed", [False, True])
def test_nothing_is_announced_after_a_deletion(exchange: Exchange, is_removed: bool) -> None:
    """A request that began before it would put the conversation back into the sidebar."""
    conversation = exchange.conversation
    deletion.delete(conversation)
    while is_removed and deletion.remove_batch(conversation.pk):
        pass

    with patch.object(events, "publish") as publish:
        conversation.rename("Another title")
        events.conversation_changed(conversation)

    publish.assert_not_called()
    assert not Conversation.objects.filter(title="Another title").exists()
