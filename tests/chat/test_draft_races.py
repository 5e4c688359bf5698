"""Saving a draft while its message is sent: whatever the order, the sent text doesn't return."""

import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from django.db import connection

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    AlreadySent,
    Conversation,
    Draft,
    DraftContent,
    Exchange,
    Message,
    NewMessage,
    add_exchange,
)
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 20


def started(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def save(person: Person, written: DraftContent, conversation: Conversation | None = None) -> None:
    with suppress(AlreadySent):
        Draft.objects.store(person, conversation, written)


@pytest.fixture
def new() -> NewMessage:
    return new_message("Hello")


@pytest.fixture
def written(new: NewMessage) -> DraftContent:
    return DraftContent(client_id=new.client_id, text="Hello", tab=uuid.uuid4(), edit=1)


def test_a_send_between_the_check_and_the_save_leaves_no_draft(
    owner: Person, new: NewMessage, written: DraftContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = Draft.objects._refuse_sent

    def look_then_send(*arguments: object) -> None:
        look(*arguments)
        if not Message.objects.exists():
            started(lambda: add_exchange(owner, new)).join()

    monkeypatch.setattr(Draft.objects, "_refuse_sent", look_then_send)

    with pytest.raises(AlreadySent):
        Draft.objects.store(owner, None, written)

    assert Message.objects.count() == 2
    assert not Draft.objects.exists()


def test_a_save_before_the_message_is_committed_leaves_no_draft(
    owner: Person, new: NewMessage, written: DraftContent, monkeypatch: pytest.MonkeyPatch
) -> None:
    end, saves = Draft.objects.end, []

    def end_then_save(*arguments: object) -> None:
        end(*arguments)
        saves.append(started(lambda: save(owner, written)))
        if connection.vendor == "postgresql":  # SQLite lets one write at a time
            saves[0].join()

    monkeypatch.setattr(Draft.objects, "end", end_then_save)

    add_exchange(owner, new)

    saves[0].join()
    assert not Draft.objects.exists()


def test_concurrent_saves_and_sends_leave_no_draft(owner: Person, exchange: Exchange) -> None:
    conversation = exchange.conversation

    for number in range(ROUNDS):
        new = new_message("And?", conversation.pk)
        written = DraftContent(client_id=new.client_id, text="And?", tab=uuid.uuid4(), edit=number)
        start = threading.Barrier(3)

        def send(new: NewMessage = new, start: threading.Barrier = start) -> None:
            start.wait()
            complete(add_exchange(owner, new).reply)

        def keep(
            edit: int, written: DraftContent = written, start: threading.Barrier = start
        ) -> None:
            start.wait()
            save(owner, replace(written, edit=edit), conversation)

        threads = [started(send), started(lambda: keep(1)), started(lambda: keep(2))]
        for thread in threads:
            thread.join()

        assert not Draft.objects.exists()
    assert conversation.branch.count() == 2 + 2 * ROUNDS


def test_concurrent_first_saves_make_one_draft(owner: Person, exchange: Exchange) -> None:
    for conversation in (None, exchange.conversation):
        start = threading.Barrier(4)

        def keep(
            number: int,
            conversation: Conversation | None = conversation,
            start: threading.Barrier = start,
        ) -> None:
            written = DraftContent(uuid.uuid4(), f"tab {number}", uuid.uuid4(), edit=1)
            start.wait()
            Draft.objects.store(owner, conversation, written)

        threads = [started(lambda number=number: keep(number)) for number in range(4)]
        for thread in threads:
            thread.join()

        assert Draft.objects.filter(conversation=conversation).count() == 1


def test_a_save_for_a_deleted_conversation_is_refused(
    owner: Person, exchange: Exchange, written: DraftContent
) -> None:
    conversation = Conversation.objects.get()
    exchange.conversation.delete()

    with pytest.raises(Conversation.DoesNotExist):
        Draft.objects.store(owner, conversation, written)
