"""The trash: a deleted conversation is gone for 30 days, or back as it was."""

import asyncio
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import removal
from chatapp.conversations.models import (
    Conversation,
    ConversationDeleted,
    Draft,
    DraftContent,
    Exchange,
    Message,
    NewVersion,
    add_exchange,
    arrangement,
    decide,
    deletion,
    trash,
)
from chatapp.conversations.put_away import days_left, trash_page
from chatapp.conversations.signals import (
    conversation_deleted,
    conversation_restored,
    conversation_trashed,
)
from chatapp.images.models import Image
from tests.images.conftest import made
from tests.support.replies import MODEL, ended, new_message

SIGNALS = {
    "trashed": conversation_trashed,
    "restored": conversation_restored,
    "deleted": conversation_deleted,
}


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The signals that were sent, each inside of a transaction."""
    names: list[str] = []
    receivers = []
    for name, signal in SIGNALS.items():

        def note(name: str = name, **_signal: Any) -> None:
            assert connection.in_atomic_block
            names.append(name)

        signal.connect(note, weak=False)
        receivers.append((signal, note))
    yield names
    for signal, receiver in receivers:
        signal.disconnect(receiver)


def trashed(owner: Person, count: int, *, age: timedelta = timedelta()) -> list[Conversation]:
    now = timezone.now() - age
    rows = [
        Conversation(owner=owner, model=MODEL, title=f"{number}", trashed_at=now)
        for number in range(count)
    ]
    return Conversation.objects.bulk_create(rows)


def test_every_verb_works_once(exchange: Exchange, sent: list[str]) -> None:
    conversation = exchange.conversation

    assert [trash.trash(conversation)[0] for _twice in range(2)] == [True, False]
    assert [trash.restore(conversation) for _twice in range(2)] == [True, False]
    trash.trash(conversation)
    for _twice in range(2):
        deletion.delete(conversation)

    assert not trash.restore(conversation)
    assert sent == ["trashed", "restored", "trashed", "deleted"]


def test_a_restored_conversation_is_as_it_was(owner: Person, exchange: Exchange) -> None:
    conversation = exchange.conversation
    arrangement.pin(conversation)
    shown, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    shown.close("stopped")
    draft = DraftContent(uuid.uuid4(), "A draft", uuid.uuid4(), 1)
    Draft.objects.store(owner, conversation, draft)
    image = Image.objects.store(owner, made())
    exchange.message.attachments.create(position=0, image=image)
    before = [list(rows.values()) for rows in (Conversation.objects, Message.objects)]

    trash.trash(conversation)
    assert not Conversation.objects.of(owner).exists()
    assert not Image.objects.unreferenced(timezone.now() + timedelta(days=400)).exists()
    trash.restore(conversation)

    assert [list(rows.values()) for rows in (Conversation.objects, Message.objects)] == before
    assert conversation.branch.last() == shown
    assert Draft.objects.get().text == "A draft"


@pytest.mark.parametrize("status", ["queued", "streaming"])
def test_a_reply_that_runs_is_asked_to_stop(running: Exchange, status: str) -> None:
    Message.objects.filter(pk=running.reply.pk).update(status=status)

    is_new, replies = trash.trash(running.conversation)

    running.reply.refresh_from_db()
    assert (is_new, replies) == (True, [running.reply])
    assert running.reply.stop_requested_at


def test_a_reply_on_a_hidden_branch_is_asked_to_stop(exchange: Exchange) -> None:
    running, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    running.begin()
    exchange.reply.show()

    assert trash.trash(exchange.conversation)[1] == [running]


def test_a_question_waits_in_the_trash_and_is_not_answered_there(running: Exchange) -> None:
    Message.objects.filter(pk=running.reply.pk).update(status="waiting")
    call = running.reply.tool_calls.create(
        round=0, index=0, text_length=0, call_id="1", name="look", state="awaiting_approval"
    )
    trash.trash(running.conversation)

    assert not decide(running.reply, call.pk, "allow")

    running.reply.refresh_from_db()
    assert running.reply.status == "waiting"
    trash.restore(running.conversation)
    assert decide(running.reply, call.pk, "allow")


def test_nothing_is_sent_into_the_trash(owner: Person, exchange: Exchange) -> None:
    trash.trash(exchange.conversation)

    with pytest.raises(ConversationDeleted):
        add_exchange(owner, new_message("More", exchange.conversation.pk))


def test_others_do_not_find_images_of_the_trash(
    owner: Person, member: Person, member_client: Any, exchange: Exchange
) -> None:
    Conversation.objects.update(owner=member)
    image = Image.objects.store(owner, made())
    exchange.message.attachments.create(position=0, image=image)
    found = []
    for verb in (trash.trash, trash.restore):
        verb(exchange.conversation)
        found.append(member_client.get(f"/images/{image.pk}/").status_code)

    assert found == [404, 200]


def test_emptying_leaves_what_came_after_the_page(owner: Person, member: Person) -> None:
    old = trashed(owner, 3, age=timedelta(minutes=1))
    page_made = timezone.now() - timedelta(seconds=30)
    [late] = trashed(owner, 1)
    [others] = trashed(member, 1, age=timedelta(minutes=1))

    gone = removal.delete_trashed(trash.of_person(owner, page_made))

    assert {each.pk for each in gone} == {each.pk for each in old}
    assert removal.delete_trashed(trash.of_person(owner, page_made)) == []
    assert set(Conversation.objects.in_trash()) == {late, others}


def test_a_batch_costs_the_same_for_any_number(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, signal = [], Mock()  # what listens costs extra
    monkeypatch.setattr(trash, "conversation_deleted", signal)
    for count in (3, 60):
        trashed(owner, count)
        with CaptureQueriesContext(connection) as captured:
            trash.delete_batch(trash.of_person(owner, timezone.now()))
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert signal.send.call_count == 63


@pytest.mark.django_db(transaction=True)
async def test_after_thirty_days_it_is_deleted_for_good(owner: Person) -> None:
    await background.in_thread(lambda: trashed(owner, 2, age=timedelta(days=31)))
    [kept] = await background.in_thread(lambda: trashed(owner, 1, age=timedelta(days=29)))

    await background.in_thread(removal.delete_expired)
    removal.start()
    await ended([removal.TASK])

    assert [each.pk async for each in Conversation.objects.all()] == [kept.pk]


@pytest.mark.django_db(transaction=True)
async def test_of_two_processes_one_restores_or_deletes(owner: Person) -> None:
    """Whatever comes first, a conversation is either back or gone, and only once."""
    rows = await background.in_thread(lambda: trashed(owner, 12))
    everything = trash.of_person(owner, timezone.now())

    restored, *deleted = await asyncio.gather(
        background.in_thread(lambda: [row.pk for row in rows if trash.restore(row)]),
        background.in_spare_thread(trash.delete_batch, everything),
        background.in_spare_thread(trash.delete_batch, everything),
    )
    while batch := await background.in_thread(trash.delete_batch, everything):
        deleted.append(batch)

    gone = [each.pk for batch in deleted for each in batch]
    assert sorted([*restored, *gone]) == sorted(row.pk for row in rows)


def test_pages_of_the_trash_contain_each_conversation_once(owner: Person) -> None:
    trashed(owner, 40)  # all at the same moment
    trashed(owner, 30, age=timedelta(days=1))
    seen, before, page = [], "", None
    while page is None or page.more_url:
        page = trash_page(owner, timezone.now(), before)
        seen += [each.pk for each in page.conversations]
        before = page.more_url.partition("before=")[2]

    assert len(seen) == len(set(seen)) == 70


@pytest.mark.parametrize(
    ("age", "left"),
    [
        (timedelta(), 30),
        (timedelta(minutes=1), 30),
        (timedelta(days=29, hours=1), 1),
        (timedelta(days=31), 1),
    ],
)
def test_the_last_day_counts(age: timedelta, left: int) -> None:
    now = timezone.now()

    assert days_left(now - age, now) == left
