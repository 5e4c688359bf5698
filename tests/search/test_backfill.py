"""Messages from before the index, and repairs."""

from datetime import timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.search import backfill, entry_keys
from chatapp.search.models import Filling, SearchEntry
from tests.search.helpers import said, texts, titles

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def old(owner: Person) -> list[Conversation]:
    """Return conversations without entries, the newest first."""
    chats = [said(owner, f"walrus {number}").conversation for number in range(4)]
    SearchEntry.objects.all().delete()
    now = timezone.now()
    for age, chat in enumerate(reversed(chats)):
        Conversation.objects.filter(pk=chat.pk).update(active_at=now - timedelta(days=age))
    return chats[::-1]


def test_old_messages_are_added_newest_first(
    owner: Person, old: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "CHATS", 1)

    backfill.fill_batch()
    assert texts(owner, "walrus") == ["walrus 3"]
    assert not backfill.is_complete()

    while backfill.fill_batch():
        pass
    assert texts(owner, "walrus") == [f"walrus {number}" for number in (3, 2, 1, 0)]
    assert titles(owner, "walrus")
    assert backfill.is_complete()


def test_a_process_that_is_behind_undoes_nothing(owner: Person, old: list[Conversation]) -> None:
    behind = Filling.objects.get_or_create(pk=Filling.ONLY)
    while backfill.fill_batch():
        pass

    with patch.object(Filling.objects, "get_or_create", return_value=behind):
        backfill.fill_batch()

    assert SearchEntry.objects.count() == 4 * 3
    assert backfill.is_complete()


def test_what_another_release_wrote_is_found_at_the_next_look(owner: Person) -> None:
    backfill.look_again()
    said(owner, "walrus")
    SearchEntry.objects.all().delete()

    backfill.look_again()
    while backfill.renew_stale():
        pass

    assert texts(owner, "walrus") == ["walrus"]


def test_entries_of_messages_that_are_gone_are_removed_in_batches(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = said(owner, "walrus").conversation
    Message.objects.filter(conversation=conversation).update(deleted_at=timezone.now())
    monkeypatch.setattr(backfill, "BATCH", 1)

    while not backfill.renew(conversation.pk):
        pass

    assert SearchEntry.objects.get().message_id is None  # the title


def test_reindex_makes_everything_anew(
    owner: Person, old: list[Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    SearchEntry.objects.create(
        id=5, owner_id=owner.pk, conversation_id=owner.pk, message_id=owner.pk, tokens=["left"]
    )

    deleted = said(owner, "seal").conversation.messages
    deleted.update(deleted_at=timezone.now())
    monkeypatch.setattr(backfill, "BATCH", 3)

    call_command("reindex", stdout=(out := StringIO()))

    assert "100%  8 of 8" in out.getvalue()
    assert len(texts(owner, "walrus")) == 4
    assert SearchEntry.objects.exclude(message_id=None).count() == 8
    assert not SearchEntry.objects.filter(pk=5).exists()


def test_keys_that_are_taken_are_moved(owner: Person, old: list[Conversation]) -> None:
    first, second = Message.objects.filter(role="user").order_by("created_at")[:2]
    taken = entry_keys.key_of(second.created_at, second.pk)
    SearchEntry.objects.create(
        id=taken, owner_id=owner.pk, conversation_id=first.conversation_id, tokens=["x"]
    )

    while backfill.fill_batch():
        pass

    assert SearchEntry.objects.get(message_id=second.pk).pk == taken + 1
