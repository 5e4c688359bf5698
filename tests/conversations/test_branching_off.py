"""A new conversation that begins with a copy: everything is in it, and the original stays."""

import gc
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from weakref import WeakSet

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person, PersonalInstructions
from chatapp.conversations.models import (
    AwaitsApproval,
    Conversation,
    ConversationContinued,
    ConversationDeleted,
    Exchange,
    Message,
    NewVersion,
    ReplyRunning,
    ToolCall,
    ToolCallImage,
    TooManyConversations,
    add_exchange,
    branch_off,
    branching_off,
    deletion,
)
from chatapp.images.models import Image
from tests.conversations.test_history import long_conversation
from tests.images.conftest import made
from tests.support.replies import MODEL, complete, new_message


def test_the_branch_up_to_a_message_is_copied(owner: Person, exchange: Exchange) -> None:
    image = Image.objects.store(owner, made())
    exchange.message.attachments.create(position=0, image=image)
    call = ToolCall.objects.create(
        reply=exchange.reply, round=0, index=0, text_length=0, call_id="1", name="n", state="done"
    )
    ToolCallImage.objects.create(tool_call=call, position=0, image=image)
    later = add_exchange(owner, new_message("Later", exchange.conversation.pk))
    complete(later.reply)

    new, created = branch_off(exchange.reply, uuid.uuid4())

    assert created
    message, reply = new.branch
    assert (message.text, reply.text, reply.html) == ("Hello", "A reply.", "<p>A reply.</p>")
    assert (message.parent, reply.parent) == (None, message)
    assert (new.title, new.model, new.branched_from) == ("Hello (branch)", MODEL, exchange.reply.pk)
    assert message.attachments.get().image == image  # the image itself isn't copied
    assert reply.tool_calls.get().images.get().image == image
    assert exchange.conversation.branch.count() == 4


def test_a_copy_keeps_the_personal_instructions_of_the_original(owner: Person) -> None:
    own = PersonalInstructions.objects.create(person=owner, about="A heron.")
    exchange = add_exchange(owner, new_message())
    complete(exchange.reply)
    PersonalInstructions.objects.update(about="A crane.")

    new, _created = branch_off(exchange.reply, uuid.uuid4())

    assert new.personal_instructions == own.text


def test_a_hidden_branch_can_be_copied_and_a_message_with_its_reply(exchange: Exchange) -> None:
    new, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    complete(new, "Another")

    hidden, _created = branch_off(exchange.reply, uuid.uuid4())
    shown, _created = branch_off(exchange.message, uuid.uuid4())

    assert [message.text for message in hidden.branch] == ["Hello", "A reply."]
    assert [message.text for message in shown.branch] == ["Hello", "Another"]
    assert not Message.objects.filter(conversation=shown, shown_at__isnull=False).exists()


def test_a_message_is_copied_with_the_reply_that_was_shown_last(
    owner: Person, exchange: Exchange
) -> None:
    """A retry of an older release doesn't say when it was shown."""
    conversation = exchange.conversation
    second, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    complete(second, "Second")
    Message.objects.filter(pk=second.pk).update(on_branch=False)
    third = Message.queued_reply(conversation, exchange.message, conversation.chosen)
    third.save()
    complete(third, "Third")
    edit = replace(new_message("Other", conversation.pk), replaces=exchange.message.pk)
    add_exchange(owner, edit)

    new, _created = branch_off(exchange.message, uuid.uuid4())

    assert [message.text for message in new.branch] == ["Hello", "Third"]


def test_one_id_makes_one_conversation(exchange: Exchange) -> None:
    wanted = uuid.uuid4()

    assert branch_off(exchange.reply, wanted)[1]
    assert not branch_off(exchange.reply, wanted)[1]
    with pytest.raises(ConversationContinued):
        branch_off(exchange.reply, exchange.conversation.pk)
    assert Conversation.objects.count() == 2


@pytest.mark.parametrize(
    ("status", "refused"), [("streaming", ReplyRunning), ("waiting", AwaitsApproval)]
)
def test_a_reply_that_has_not_ended_is_not_copied(
    running: Exchange, status: str, refused: type[Exception]
) -> None:
    Message.objects.filter(pk=running.reply.pk).update(status=status)
    running.reply.refresh_from_db()

    with pytest.raises(refused):
        branch_off(running.reply, uuid.uuid4())
    assert Conversation.objects.count() == 1


def test_a_long_title_keeps_its_mark_and_a_long_branch_its_order(owner: Person) -> None:
    conversation = long_conversation(owner, 450)
    conversation.rename("Long " * 40)
    last = conversation.branch.last()
    assert last

    new, _created = branch_off(last, uuid.uuid4())

    assert new.title.endswith(" (branch)")
    assert len(new.title) == 120
    assert [message.text for message in new.branch] == [f"Message {n}" for n in range(450)]


def test_memory_holds_one_batch_of_a_long_branch(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_parts, in_memory, counts = branching_off._copy_parts, WeakSet[Message](), []

    def counting(copies: Mapping[uuid.UUID, Message]) -> None:
        in_memory.update(copies.values())
        gc.collect()
        counts.append(len(in_memory))
        copy_parts(copies)

    monkeypatch.setattr(branching_off, "BATCH", 10)
    monkeypatch.setattr(branching_off, "_copy_parts", counting)
    last = long_conversation(owner, 50).branch.last()
    assert last

    branch_off(last, uuid.uuid4())

    assert counts == [10] * 5


@pytest.fixture
def long_branch(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Message:
    """Return the last of 25 messages, of which a batch copies ten."""
    monkeypatch.setattr(branching_off, "BATCH", 10)
    last = long_conversation(owner, 25).branch.last()
    assert last
    return last


def shown(owner: Person) -> list[str]:
    return [conversation.title for conversation in Conversation.objects.of(owner)]


def test_nobody_sees_a_copy_before_it_is_whole(owner: Person, long_branch: Message) -> None:
    new_id = uuid.uuid4()
    copying = branching_off.begin(long_branch, new_id)
    while not copying.is_whole:
        assert shown(owner) == ["25 messages"]
        assert not Message.objects.of(owner).filter(conversation=new_id).exists()
        assert not Conversation.objects.deleted().exists()  # nor is it removed
        copying = branching_off.add_batch(copying)

    assert sorted(shown(owner)) == ["25 messages", "25 messages (branch)"]
    assert copying.conversation.branch.count() == 25


def test_a_repeated_request_goes_on_with_an_unfinished_copy(
    owner: Person, long_branch: Message
) -> None:
    new_id = uuid.uuid4()
    first = branching_off.add_batch(branching_off.begin(long_branch, new_id))

    new, created = branch_off(long_branch, new_id)

    assert created
    assert [message.text for message in new.branch] == [f"Message {n}" for n in range(25)]
    assert branching_off.add_batch(first).is_whole  # the first one finds nothing to do
    assert new.branch.count() == 25


def test_a_switch_meanwhile_changes_nothing_of_the_copy(
    owner: Person, long_branch: Message
) -> None:
    copying = branching_off.begin(long_branch, uuid.uuid4())
    second = long_branch.conversation.branch.get(position=1)
    second.regenerate(NewVersion(uuid.uuid4(), MODEL))

    while not copying.is_whole:
        copying = branching_off.add_batch(copying)

    assert [message.text for message in copying.conversation.branch][-1] == "Message 24"


def test_an_unfinished_copy_is_removed_in_the_end(owner: Person, long_branch: Message) -> None:
    new_id = uuid.uuid4()
    copying = branching_off.add_batch(branching_off.begin(long_branch, new_id))
    long_ago = timezone.now() - timedelta(seconds=1)
    Conversation.objects.filter(pk=new_id).update(deleted_at=long_ago)

    assert Conversation.objects.deleted().get().pk == new_id
    with pytest.raises(ConversationDeleted):
        branching_off.add_batch(copying)
    with pytest.raises(ConversationDeleted):
        branch_off(long_branch, new_id)


def test_a_reply_that_is_continued_meanwhile_ends_the_copy(
    owner: Person, long_branch: Message
) -> None:
    copying = branching_off.begin(long_branch, uuid.uuid4())
    Message.objects.filter(pk=long_branch.pk).update(role="assistant", status="queued")

    copying = branching_off.add_batch(branching_off.add_batch(copying))
    with pytest.raises(ReplyRunning):
        branching_off.add_batch(copying)
    assert shown(owner) == ["25 messages"]


def test_the_id_of_a_deleted_copy_is_gone(exchange: Exchange) -> None:
    wanted = uuid.uuid4()
    copy, _created = branch_off(exchange.reply, wanted)
    deletion.delete(copy)

    with pytest.raises(ConversationDeleted):
        branch_off(exchange.reply, wanted)


def test_all_copies_of_a_minute_have_a_limit(
    owner: Person, long_branch: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branching_off, "MAX_COPIED", 60)
    branching_off.begin(long_branch, uuid.uuid4())  # counts from its beginning
    copy, _created = branch_off(long_branch, uuid.uuid4())
    deletion.delete(copy)

    with pytest.raises(TooManyConversations):
        branch_off(long_branch, uuid.uuid4())
    Conversation.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    assert branch_off(long_branch, uuid.uuid4())
