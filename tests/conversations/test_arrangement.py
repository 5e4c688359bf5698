"""Pinned, archived, unread: each list at a constant cost, whatever the others hold."""

import uuid

import pytest
from django.db import connection
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.keyset import Cursor
from chatapp.conversations.models import (
    Conversation,
    Exchange,
    NewVersion,
    add_exchange,
    arrangement,
    trash,
)
from chatapp.conversations.models.arrangement import MAX_PINNED, TooManyPinned
from chatapp.conversations.put_away import archive_page
from chatapp.conversations.sidebar import conversation_page
from tests.support.replies import MODEL, complete, new_message

LISTS = {
    "listed": ("conversations_by_date", "-active_at"),
    "pinned": ("pinned_conversations", "-pinned_at"),
    "archived": ("archived_conversations", "-active_at"),
    "in_trash": ("trashed_conversations", "-trashed_at"),
}


def chats(owner: Person, count: int) -> list[Conversation]:
    return Conversation.objects.bulk_create(
        Conversation(owner=owner, model=MODEL, title=f"{number}") for number in range(count)
    )


def labels(owner: Person, current: Conversation | None = None) -> dict[str, list[Conversation]]:
    return dict(conversation_page(owner, "", current).groups)


def test_pinned_ones_are_on_top_and_nowhere_else(owner: Person) -> None:
    first, second, third = chats(owner, 3)
    assert arrangement.pin(first)
    assert arrangement.pin(third)
    assert not arrangement.pin(third)

    groups = conversation_page(owner).groups

    assert groups == [("Pinned", [third, first]), ("Today", [second])]
    assert arrangement.unpin(first)
    assert not arrangement.unpin(first)
    assert labels(owner)["Pinned"] == [third]


def test_a_pinned_one_comes_back_from_the_trash_to_some_list(owner: Person) -> None:
    first, second, *others = chats(owner, MAX_PINNED + 1)
    for each in (first, second):
        arrangement.pin(each)
        each.refresh_from_db()
        trash.trash(each)
    for each in others:
        arrangement.pin(each)
    trash.restore(first)
    trash.restore(second)

    groups = labels(owner)
    assert groups["Today"] == [second]
    assert first in groups["Pinned"]


def test_archived_ones_are_only_in_the_archive(owner: Person) -> None:
    first, second = chats(owner, 2)
    arrangement.pin(first)
    assert arrangement.archive(first)
    assert not arrangement.archive(first)

    assert labels(owner) == {"Today": [second]}
    assert archive_page(owner).conversations == [first]
    first.refresh_from_db()
    assert labels(owner, first)["Archived"] == [first]  # the page's own chat is always listed
    assert arrangement.unarchive(first)
    assert archive_page(owner).conversations == []


def test_a_message_brings_a_chat_back_from_the_archive(owner: Person, exchange: Exchange) -> None:
    arrangement.archive(exchange.conversation)

    add_exchange(owner, new_message("More", exchange.conversation.pk))

    assert labels(owner)["Today"] == [exchange.conversation]


def test_the_number_of_pinned_chats_is_limited(owner: Person) -> None:
    *some, last = chats(owner, MAX_PINNED + 1)
    Conversation.objects.filter(pk__in=[each.pk for each in some]).update(pinned_at=timezone.now())

    with pytest.raises(TooManyPinned):
        arrangement.pin(last)
    assert not arrangement.pin(some[0])


@pytest.mark.parametrize("name", LISTS)
def test_each_list_is_read_in_its_order_from_an_index(owner: Person, name: str) -> None:
    index, order = LISTS[name]
    rows = getattr(Conversation.objects.filter(owner=owner), name)()
    ties = [] if name == "pinned" else ["-id"]

    plan = rows.order_by(order, *ties)[:30].explain()

    if connection.vendor == "sqlite":
        assert index in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("name", ["listed", "archived", "in_trash"])
def test_a_further_page_does_not_read_the_pages_before(owner: Person, name: str) -> None:
    index, order = LISTS[name]
    field = order.removeprefix("-")
    rows = getattr(Conversation.objects.filter(owner=owner), name)().order_by(order, "-id")

    plan = rows.filter(Cursor(timezone.now(), uuid.uuid4()).after(field))[:30].explain()

    if connection.vendor == "sqlite":
        assert index in plan
        assert f"{field}<?" in plan


def test_a_reply_is_unread_until_somebody_looks_after_its_end(running: Exchange) -> None:
    conversation = running.conversation
    [row] = labels(conversation.owner)["Today"]
    assert (row.is_running, row.is_unread) == (True, True)
    assert not arrangement.see(conversation)  # it may end when the person is gone

    complete(running.reply)
    [row] = labels(conversation.owner)["Today"]
    assert (row.is_running, row.is_unread) == (False, True)

    assert arrangement.see(conversation)
    assert not arrangement.see(conversation)
    [row] = labels(conversation.owner)["Today"]
    assert (row.is_running, row.is_unread) == (False, False)


@pytest.mark.parametrize("verb", ["regenerate", "retry", "resume"])
def test_a_reply_that_begins_again_is_unread_again(exchange: Exchange, verb: str) -> None:
    arrangement.see(exchange.conversation)
    reply = exchange.reply
    if verb == "regenerate":
        reply.regenerate(NewVersion(uuid.uuid4(), MODEL))
    else:
        type(reply).objects.filter(pk=reply.pk).update(status="stopped")
        reply.refresh_from_db()
        assert getattr(reply, verb)()

    exchange.conversation.refresh_from_db()
    assert exchange.conversation.is_unread
