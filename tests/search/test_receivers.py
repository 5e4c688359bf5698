"""The index is in step with what is stored, in the same transaction."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Exchange,
    FinalState,
    Message,
    Progress,
    add_exchange,
    branch_off,
    deletion,
    version_deletion,
)
from chatapp.conversations.signals import (
    conversation_restored,
    conversation_trashed,
    messages_deleted,
)
from chatapp.images.models import Image
from chatapp.images.shown_image import ShownImage
from chatapp.search import backfill, entries, writing
from chatapp.search.models import SearchEntry, StaleConversation
from tests.search.helpers import find, marked, said, texts, titles
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


def set_trashed(conversation: Conversation, moment: Any) -> None:
    """Trash or restore a conversation as a verb does it."""
    signal = conversation_trashed if moment else conversation_restored
    with transaction.atomic():
        Conversation.objects.filter(pk=conversation.pk).update(trashed_at=moment)
        signal.send(Conversation, conversation=conversation)


def long_chat(owner: Person) -> Conversation:
    conversation = said(owner, "walrus 0").conversation
    for number in range(1, writing.AT_ONCE // 2 + 2):
        said(owner, f"walrus {number}", conversation=conversation.pk)
    return conversation


def test_what_a_transaction_takes_back_is_not_found(owner: Person) -> None:
    with transaction.atomic():
        add_exchange(owner, new_message("walrus"))
        transaction.set_rollback(True)

    assert SearchEntry.objects.count() == 0


def edited(owner: Person, text: str) -> Exchange:
    """Add a version of a message to a chat, whose reply runs."""
    first = said(owner, "first")
    new = new_message(text, conversation=first.conversation.pk)
    added = add_exchange(owner, replace(new, replaces=first.message.pk))
    added.reply.begin()
    return added


def test_a_reply_that_ends_after_its_version_was_deleted_is_not_found(owner: Person) -> None:
    added = edited(owner, "seal")
    version_deletion.delete(added.message, added.reply.pk)
    final = FinalState(Message.Status.STOPPED, Progress(text="half a seal"))
    added.reply.finish(final)

    assert find(owner, "seal").sentence == "Nothing found. Try fewer or other words."
    assert not SearchEntry.objects.filter(message_id=added.reply.pk).exists()
    version_deletion.restore(added.message)
    assert texts(owner, "seal") == ["half a seal", "seal"]


def test_a_trashed_conversation_goes_and_comes_back(owner: Person) -> None:
    conversation = said(owner, "walrus").conversation

    set_trashed(conversation, conversation.created_at)
    assert (texts(owner, "walrus"), titles(owner, "walrus")) == ([], [])
    assert SearchEntry.objects.count() == 0

    set_trashed(conversation, None)
    assert texts(owner, "walrus") == ["walrus"]
    assert titles(owner, "walrus") == ["walrus"]


def test_a_long_conversation_is_hidden_at_once_and_removed_later(owner: Person) -> None:
    conversation = long_chat(owner)
    said(owner, "walrus elsewhere")

    set_trashed(conversation, conversation.created_at)
    assert texts(owner, "walrus") == ["walrus elsewhere"]
    assert SearchEntry.objects.filter(conversation_id=conversation.pk).exists()

    while backfill.renew_stale():
        pass
    assert not SearchEntry.objects.filter(conversation_id=conversation.pk).exists()
    assert not StaleConversation.objects.exists()

    set_trashed(conversation, None)
    while backfill.renew_stale():
        pass
    found = find(owner, "walrus in:0")
    assert found.count - len(found.titles) == writing.AT_ONCE // 2 + 2


def test_a_deleted_conversation_is_not_found(owner: Person) -> None:
    conversation = said(owner, "walrus").conversation

    deletion.delete(conversation)

    assert SearchEntry.objects.count() == 0


def test_a_deleted_version_is_not_found(owner: Person) -> None:
    added = said(owner, "Hello", "a walrus")

    messages_deleted.send(Message, ids=[added.reply.pk])

    assert texts(owner, "walrus") == []


@pytest.mark.parametrize("is_long", [False, True])
def test_a_branched_off_conversation_is_found_too(owner: Person, is_long: bool) -> None:
    conversation = long_chat(owner) if is_long else said(owner, "walrus").conversation
    before = SearchEntry.objects.filter(conversation_id=conversation.pk).count()

    new, _created = branch_off(conversation.branch.last(), uuid.uuid4())
    while backfill.renew_stale():
        pass

    assert SearchEntry.objects.filter(conversation_id=new.pk).count() == before


def test_a_continued_reply_is_found_by_its_new_end(owner: Person) -> None:
    added = said(owner, "Hello", "begins")
    Message.objects.filter(pk=added.reply.pk).update(status="queued")
    reply = Message.objects.select_related("conversation").get(pk=added.reply.pk)

    complete(reply, "begins and ends with a walrus")

    assert texts(owner, "walrus") == ["begins and ends with a walrus"]
    assert SearchEntry.objects.filter(message_id=reply.pk).count() == 1


def test_a_reply_that_is_closed_is_found_as_it_was_saved(owner: Person) -> None:
    added = add_exchange(owner, new_message("Hello"))
    Message.objects.filter(pk=added.reply.pk).update(text="half a walrus")

    added.reply.close("stopped")

    assert texts(owner, "walrus") == ["half a walrus"]


def test_an_image_is_found_by_name_and_description(owner: Person) -> None:
    image = Image.objects.create(
        owner=owner, sha256="0", content_type="image/png", width=1, height=1, byte_size=1,
        name="beach.png",
    )  # fmt: skip
    add_exchange(owner, replace(new_message("Look"), images=(ShownImage(image),)))
    assert texts(owner, "beach has:image") == ["Look"]

    image.describe("A walrus asleep")

    assert texts(owner, "walrus beach.png has:image") == ["Look"]
    assert marked(find(owner, "asleep").messages[0].excerpt) == ["asleep"]
    image.describe("A seal")
    assert texts(owner, "walrus") == []

    Message.objects.update(deleted_at=timezone.now())
    SearchEntry.objects.exclude(message_id=None).delete()
    image.describe("A walrus")
    assert not SearchEntry.objects.exclude(message_id=None).exists()


def test_the_tokens_of_a_message_are_found_before_its_transaction(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside: list[list[str]] = []

    def tokens_of(found: Any) -> list[str]:
        if transaction.get_connection().in_atomic_block:
            inside.append(list(found))
        return ["x"]

    monkeypatch.setattr(entries, "tokens_of", tokens_of)
    add_exchange(owner, new_message("a long text"))

    assert ["a long text"] not in inside[:-1]  # the last one is the title
